//! Files that CMake and ninja do not report, because the project names them only in
//! commands.

use indoc::indoc;

use super::project;
use test_support::channel::Channel;
use test_support::cmake::{Order, PackageBuilder, channel_or_skip, tool};
use test_support::edits::Verdict::{Rebuild, Reuse};
use test_support::edits::finish_from;
use test_support::git::{commit, git};
use test_support::prefix::output;
use test_support::project::Project;
use test_support::requests::Initialize;
use test_support::toolchain;

/// A project in which commands name files. The package contains the text, the hash or the
/// compiled code of each of these files.
fn naming() -> Project {
    project(
        "file(READ version.txt version)\n\
         file(STRINGS ${PROJECT_SOURCE_DIR}/lines.txt lines REGEX one)\n\
         file(SHA256 ${PROJECT_SOURCE_DIR}/hashed.txt hash)\n\
         file(COPY assets DESTINATION ${PROJECT_BINARY_DIR})\n\
         execute_process(COMMAND ${CMAKE_COMMAND} -P cmake/say.cmake WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} ERROR_VARIABLE said)\n\
         file(WRITE ${PROJECT_BINARY_DIR}/read.txt \"${version}${lines}${hash}${said}\")\n\
         file(GLOB sources src/*.c)\n\
         file(GLOB everything *)\n\
         add_library(app SHARED ${sources})\n\
         add_custom_command(OUTPUT made.txt COMMAND ${CMAKE_COMMAND} -DIN=${PROJECT_SOURCE_DIR}/table.csv \
           -P ${PROJECT_SOURCE_DIR}/cmake/make.cmake > made.txt 2>&1)\n\
         add_custom_target(made ALL DEPENDS made.txt)\n\
         add_custom_command(TARGET app POST_BUILD \
           COMMAND ${CMAKE_COMMAND} -E copy ${PROJECT_SOURCE_DIR}/post.txt ${PROJECT_BINARY_DIR}/post.txt \
           COMMAND ${CMAKE_COMMAND} -E copy_directory ${PROJECT_SOURCE_DIR}/res ${PROJECT_BINARY_DIR}/res)\n\
         add_custom_target(copied ALL COMMAND ${CMAKE_COMMAND} -E copy_directory near far ${PROJECT_BINARY_DIR}/res \
           WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})\n\
         add_dependencies(copied app)\n\
         install(TARGETS app)\n\
         install(FILES ${PROJECT_BINARY_DIR}/post.txt DESTINATION share)\n\
         install(DIRECTORY ${PROJECT_BINARY_DIR}/res DESTINATION share)\n\
         install(FILES ${PROJECT_BINARY_DIR}/read.txt ${PROJECT_BINARY_DIR}/made.txt DESTINATION share)\n\
         install(DIRECTORY ${PROJECT_BINARY_DIR}/assets DESTINATION share)\n\
         install(CODE \"file(INSTALL \\\"${PROJECT_SOURCE_DIR}/coded.txt\\\" DESTINATION \\\"\\${CMAKE_INSTALL_PREFIX}/share\\\")\")\n",
    )
    .file("version.txt", "first\n")
    .file("lines.txt", "one\n")
    .file("hashed.txt", "h\n")
    .file("assets/deep/a.txt", "a\n")
    .file("cmake/say.cmake", "message(said)\n")
    .file("cmake/make.cmake", "file(READ ${IN} in)\nmessage(\"${in}\")\n")
    .file("table.csv", "1,2\n")
    .file("coded.txt", "c\n")
    .file("post.txt", "p\n")
    .file("res/a.txt", "a\n")
    .file("near/c.txt", "c\n")
    .file("far/d.txt", "d\n")
    .file("src/a.c", "int a(void) { return 1; }\n")
    .file("src/b.c", "int b(void) { return 1; }\n")
    .file("unused.txt", "u\n")
    .file("src/unused.txt", "u\n")
}

#[test]
fn files_that_commands_name_trigger_a_rebuild() {
    let project = naming();
    let Some(channel) = channel_or_skip(&project) else {
        return;
    };
    let initialize = Initialize::member(&project, "");
    let finished = finish_from(&channel, project, &initialize, "app");
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    finished.assert_verdicts(&[
        ("edit", "version.txt", Rebuild),
        ("edit", "lines.txt", Rebuild),
        ("edit", "hashed.txt", Rebuild),
        ("edit", "assets/deep/a.txt", Rebuild),
        ("new", "assets/b.txt", Rebuild),
        ("edit", "cmake/say.cmake", Rebuild),
        ("edit", "cmake/make.cmake", Rebuild),
        ("edit", "table.csv", Rebuild),
        ("edit", "coded.txt", Rebuild),
        ("edit", "post.txt", Rebuild),
        ("edit", "res/a.txt", Rebuild),
        ("new", "res/deep/b.txt", Rebuild),
        ("edit", "near/c.txt", Rebuild),
        ("new", "near/e.txt", Rebuild),
        ("edit", "far/d.txt", Rebuild),
        ("edit", "src/a.c", Rebuild),
        ("new", "src/c.c", Rebuild),
        ("remove", "src/b.c", Rebuild),
        ("edit", "unused.txt", Reuse),
        ("edit", "src/unused.txt", Reuse),
        ("new", "other.txt", Reuse),
    ]);
}

/// Files and directories that do not exist, and that the project looks for.
#[test]
fn files_whose_existence_decides_trigger_a_rebuild() {
    let project = project(indoc! {r#"
        if(EXISTS "${PROJECT_SOURCE_DIR}/extra.txt")
          install(FILES extra.txt DESTINATION share)
        endif()
        if(NOT EXISTS "${PROJECT_SOURCE_DIR}/.git")
          message("an archive")
        endif()
        include(local.cmake OPTIONAL)
        foreach(folder extras more)
          if(EXISTS "${PROJECT_SOURCE_DIR}/${folder}/CMakeLists.txt")
            add_subdirectory(${folder})
          elseif(EXISTS "${PROJECT_SOURCE_DIR}/${folder}")
            message("empty")
          endif()
        endforeach()
        install(FILES always.txt DESTINATION share)
    "#})
    .file("always.txt", "a\n");
    let Some(channel) = channel_or_skip(&project) else {
        return;
    };
    let initialize = Initialize::member(&project, "");
    let finished = finish_from(&channel, project, &initialize, "app");
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    finished.assert_verdicts(&[
        ("new", "extra.txt", Rebuild),
        ("new", "local.cmake", Rebuild),
        ("new", "extras/CMakeLists.txt", Rebuild),
        ("new", "more/other.txt", Rebuild),
        ("new", "other.cmake", Reuse),
        ("new", ".git/HEAD", Reuse),
    ]);
    let Some(builder) = PackageBuilder::open(finished.project, |_| {}) else {
        return;
    };
    let has = |file: &str| {
        let built = builder.build(Order::default());
        built.archive.root().join(file).is_file()
    };
    assert!(!has("share/extra.txt"));
    builder.project.write("extra.txt", "e\n");
    assert!(has("share/extra.txt"));
    let lists = "install(FILES deep.txt DESTINATION share)\n";
    builder.project.write("extras/deep.txt", "d\n");
    builder.project.write("extras/CMakeLists.txt", lists);
    assert!(has("share/deep.txt"));
    builder.project.remove("extra.txt");
    assert!(!has("share/extra.txt"));
}

#[test]
fn a_rebuild_contains_the_files_that_commands_name() {
    let Some(builder) = PackageBuilder::open(naming(), |_| {}) else {
        return;
    };
    let build = || builder.build(Order::default());
    let read = |file: &str| fs_err::read_to_string(build().archive.root().join(file)).unwrap();
    assert_eq!(build().compiled(), ["a.c", "b.c"]);
    builder.project.write("version.txt", "second\n");
    assert!(read("share/read.txt").starts_with("second"));
    builder
        .project
        .write("cmake/say.cmake", "message(shouted)\n");
    assert!(read("share/read.txt").contains("shouted"));
    builder.project.write("assets/deep/a.txt", "longer\n");
    assert_eq!(read("share/assets/deep/a.txt"), "longer\n");
    builder.project.write("table.csv", "1,2,3\n");
    assert!(read("share/made.txt").contains("1,2,3"));
    builder.project.write("coded.txt", "code\n");
    assert_eq!(read("share/coded.txt"), "code\n");
    builder.project.write("post.txt", "after\n");
    assert_eq!(read("share/post.txt"), "after\n");
    builder.project.write("res/a.txt", "resource\n");
    assert_eq!(read("share/res/a.txt"), "resource\n");
    builder.project.write("res/b.txt", "b\n");
    assert_eq!(read("share/res/b.txt"), "b\n");
    builder.project.write("far/d.txt", "distant\n");
    assert_eq!(read("share/res/d.txt"), "distant\n");
    // A plain `file(GLOB)` is evaluated again only when a matching file is added or deleted.
    let built = build();
    assert!(!built.configured());
    builder
        .project
        .write("src/c.c", "int c(void) { return 1; }\n");
    let built = build();
    assert!(built.configured());
    assert_eq!(built.compiled(), ["c.c"]);
    builder.project.remove("src/b.c");
    assert!(build().configured());
}

#[test]
fn a_trace_that_the_user_asks_for_is_in_the_log() {
    let project = project("install(FILES CMakeLists.txt DESTINATION share)\n");
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = builder.build(Order {
        config: serde_json::json!({"extra-args": ["--trace-source=CMakeLists.txt"]}),
        ..Order::default()
    });
    assert!(
        built.log.contains("install(FILES CMakeLists.txt"),
        "{}",
        built.log
    );
    let built = builder.build(Order::default());
    assert!(!built.log.contains("install(FILES"), "{}", built.log);
}

#[test]
fn sources_of_an_external_project_trigger_a_rebuild() {
    let project = project(
        "include(ExternalProject)\n\
         ExternalProject_Add(lib SOURCE_DIR ${PROJECT_SOURCE_DIR}/external\n\
           CMAKE_ARGS -DCMAKE_INSTALL_PREFIX=<INSTALL_DIR> INSTALL_DIR ${CMAKE_BINARY_DIR}/stage\n\
           BUILD_BYPRODUCTS ${CMAKE_BINARY_DIR}/stage/lib/liblib.a)\n\
         add_executable(app main.c)\n\
         add_dependencies(app lib)\n\
         target_include_directories(app PRIVATE ${CMAKE_BINARY_DIR}/stage/include)\n\
         target_link_libraries(app ${CMAKE_BINARY_DIR}/stage/lib/liblib.a)\n\
         install(TARGETS app)\n",
    )
    .file("main.c", "#include <stdio.h>\n#include <api.h>\nint lib(void);\nint main(void) { printf(\"%d\" API, lib()); }\n")
    .file("external/api/api.h", "#define API \"\"\n")
    .file("external/CMakeLists.txt", "cmake_minimum_required(VERSION 3.15)\nproject(lib C)\nadd_library(lib STATIC lib.c)\ninstall(TARGETS lib DESTINATION lib)\ninstall(DIRECTORY api/ DESTINATION include)\n")
    .file("external/lib.c", "#include \"lib.h\"\nint lib(void) { return LIB; }\n")
    .file("external/lib.h", "#define LIB 1\n");
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = builder.build(Order::default());
    assert_eq!(built.says("bin/app"), "1");
    let inputs = built.answer.to_string();
    assert!(inputs.contains("lib.h"), "{inputs}");
    assert!(inputs.contains("api.h"), "{inputs}");
    builder.project.write("external/lib.h", "#define LIB 2\n");
    let built = builder.build(Order::default());
    assert_eq!(built.says("bin/app"), "2");
    // A header that the other project only installs.
    (builder.project).write("external/api/api.h", "#include \"more.h\"\n");
    builder
        .project
        .write("external/api/more.h", "#define API \"!\"\n");
    // CMake installs a file again only if the times differ by a second.
    let more = fs_err::File::options()
        .write(true)
        .open(builder.project.dir().join("external/api/more.h"))
        .expect("it was written");
    let earlier = std::time::SystemTime::now() - std::time::Duration::from_secs(10);
    more.file().set_modified(earlier).expect("own file");
    let built = builder.build(Order::default());
    assert_eq!(built.says("bin/app"), "2!");
    builder
        .project
        .write("external/api/more.h", "#define API \"?\"\n");
    let built = builder.build(Order::default());
    assert_eq!(built.says("bin/app"), "2?");
    builder.project.write(
        "external/CMakeLists.txt",
        "cmake_minimum_required(VERSION 3.15)\nproject(lib C)\nadd_library(lib STATIC lib.c)\ntarget_compile_definitions(lib PRIVATE LIB=3)\ninstall(TARGETS lib DESTINATION lib)\ninstall(DIRECTORY api/ DESTINATION include)\n",
    );
    builder.project.write("external/lib.h", "\n");
    let built = builder.build(Order::default());
    assert_eq!(built.says("bin/app"), "3?");
}

/// Packs the directory `dep` of a project, with an old time stamp.
fn pack(project: &Project) {
    let cmake = std::process::Command::new("cmake")
        .args(["-E", "tar", "cf", "dep.tar", "--mtime=2001-01-01", "dep"])
        .current_dir(project.dir())
        .status();
    assert!(cmake.expect("CMake is there").success());
}

#[test]
fn an_archive_in_the_project_triggers_a_rebuild() {
    let fetched = "include(FetchContent)\n\
         FetchContent_Declare(Dep URL ${PROJECT_SOURCE_DIR}/dep.tar)\n\
         FetchContent_MakeAvailable(Dep)\n\
         add_executable(app main.c)\n\
         target_link_libraries(app dep)\n\
         install(TARGETS app)\n";
    let external = "include(ExternalProject)\n\
         ExternalProject_Add(Dep URL ${PROJECT_SOURCE_DIR}/dep.tar\n\
           CMAKE_ARGS -DCMAKE_INSTALL_PREFIX=<INSTALL_DIR> INSTALL_DIR ${CMAKE_BINARY_DIR}/stage\n\
           BUILD_BYPRODUCTS ${CMAKE_BINARY_DIR}/stage/lib/libdep.a)\n\
         add_executable(app main.c)\n\
         add_dependencies(app Dep)\n\
         target_link_libraries(app ${CMAKE_BINARY_DIR}/stage/lib/libdep.a)\n\
         install(TARGETS app)\n";
    let lists = "cmake_minimum_required(VERSION 3.15)\nproject(dep C)\n\
         add_library(dep STATIC dep.c)\ninstall(TARGETS dep DESTINATION lib)\n";
    for lines in [fetched, external] {
        let project = project(lines).file(
            "main.c",
            "#include <stdio.h>\nint dep(void);\nint main(void) { printf(\"%d\", dep()); }\n",
        );
        let project = project.file("dep/CMakeLists.txt", lists);
        project.write("dep/dep.c", "int dep(void) { return 1; }\n");
        pack(&project);
        let Some(builder) = PackageBuilder::open(project, |_| {}) else {
            return;
        };
        let built = builder.build(Order::default());
        assert_eq!(built.says("bin/app"), "1", "{lines}");
        let inputs = built.answer.to_string();
        assert!(inputs.contains("dep.tar"), "{inputs}");
        (builder.project).write("dep/dep.c", "int dep(void) { return 2; }\n");
        pack(&builder.project);
        let built = builder.build(Order::default());
        assert_eq!(built.says("bin/app"), "2", "{lines}");
        let again = builder.build(Order::default());
        assert!(!again.log.contains("unpacked again"), "{}", again.log);
    }
}

#[test]
fn a_project_that_git_describes_is_built_again_after_a_commit() {
    let project = project(
        "execute_process(COMMAND git describe --tags --always WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} \
           OUTPUT_VARIABLE described)\n\
         file(WRITE ${PROJECT_BINARY_DIR}/described.txt \"${described}\")\n\
         install(FILES ${PROJECT_BINARY_DIR}/described.txt DESTINATION share)\n",
    )
    .file(".gitignore", ".pixi\n");
    git(project.dir(), &["init", "--quiet"]);
    commit(project.dir());
    git(project.dir(), &["tag", "v1"]);
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let described = || {
        let built = builder.build(Order::default());
        let text = built.archive.text("share/described.txt");
        (text.trim().to_string(), built)
    };
    let (text, built) = described();
    assert_eq!(text, "v1");
    let inputs = built.answer.to_string();
    for file in [".git", "HEAD", "refs/heads", "refs/tags"] {
        assert!(inputs.contains(file), "{file}: {inputs}");
    }
    builder.project.write("unused.txt", "u\n");
    commit(builder.project.dir());
    assert!(described().0.starts_with("v1-1-g"));
    git(builder.project.dir(), &["tag", "v2"]);
    assert_eq!(described().0, "v2");
    assert!(!described().1.log.contains("configuring again"));
}

/// Files that only options of a linker name.
#[cfg(target_os = "linux")]
#[test]
fn a_version_script_is_an_input_and_repeats_linking() {
    let project = project(indoc! {r#"
        add_library(app SHARED app.c)
        target_link_options(app PRIVATE "LINKER:--version-script=${PROJECT_SOURCE_DIR}/app.map")
        target_link_libraries(app PRIVATE -Wl,--dynamic-list,${PROJECT_SOURCE_DIR}/app.list)
        install(TARGETS app)
    "#})
    .file(
        "app.c",
        "int one(void) { return 1; }\nint two(void) { return 2; }\n",
    )
    .file("app.map", "{ global: one; local: *; };\n")
    .file("app.list", "{ one; };\n");
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let exports = |name: &str| {
        let built = builder.build(Order::default());
        let library = built.archive.root().join("lib/libapp.so");
        let mut nm = std::process::Command::new("nm");
        let symbols = output(nm.args(["-D", "--defined-only"]).arg(library));
        (symbols.lines().any(|line| line.ends_with(name)), built)
    };
    let (exported, built) = exports(" two");
    assert!(!exported);
    let inputs = built.answer.to_string();
    for file in ["app.map", "app.list"] {
        assert!(inputs.contains(file), "{file}: {inputs}");
    }
    (builder.project).write("app.map", "{ global: one; two; local: *; };\n");
    let (exported, built) = exports(" two");
    assert!(exported);
    assert_eq!(built.compiled(), [""; 0]);
}

/// Gives a file the time of an unpacked archive, which is older than that of all outputs.
fn age(project: &Project, file: &str) {
    let time = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000_000);
    let file = fs_err::File::options()
        .write(true)
        .open(project.dir().join(file))
        .expect("the file exists");
    file.file()
        .set_modified(time)
        .expect("the test owns the file");
}

#[test]
fn files_in_the_depfile_of_a_command_are_inputs() {
    let project = project(indoc! {r#"
        add_custom_command(OUTPUT a.txt
          COMMAND ${CMAKE_COMMAND} -DRESULT=${PROJECT_BINARY_DIR}/a.txt -P ${PROJECT_SOURCE_DIR}/make.cmake
          DEPENDS a.idl DEPFILE ${PROJECT_BINARY_DIR}/a.txt.d)
        add_custom_target(made ALL DEPENDS a.txt)
        install(FILES ${PROJECT_BINARY_DIR}/a.txt DESTINATION share)
    "#})
    .file(
        "make.cmake",
        indoc! {r#"
            set(here "${CMAKE_CURRENT_LIST_DIR}")
            file(READ "${here}/b c.idl" text)
            file(WRITE "${RESULT}" "${text}")
            file(WRITE "${RESULT}.d" "${RESULT}: \\\n  ${here}/a.idl \\\n  ${here}/b\\ c.idl\n")
        "#},
    )
    .file("a.idl", "a\n")
    .file("b c.idl", "first\n");
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let built = builder.build(Order::default());
    assert_eq!(built.archive.text("share/a.txt"), "first\n");
    let inputs = built.answer.to_string();
    assert!(inputs.contains("b c.idl"), "{inputs}");
    builder.project.write("b c.idl", "second\n");
    age(&builder.project, "b c.idl");
    let built = builder.build(Order::default());
    assert_eq!(built.archive.text("share/a.txt"), "second\n");
}

#[test]
fn a_copy_is_not_packed_after_its_source_is_deleted() {
    let project = project(indoc! {r#"
        file(COPY conf DESTINATION ${PROJECT_BINARY_DIR}/etc)
        add_custom_target(web ALL COMMAND ${CMAKE_COMMAND} -E copy_directory
          ${PROJECT_SOURCE_DIR}/web ${PROJECT_BINARY_DIR}/web)
        file(GLOB templates RELATIVE ${PROJECT_SOURCE_DIR}/t t/*.h.in)
        foreach(template ${templates})
          string(REPLACE ".in" "" header ${template})
          configure_file(t/${template} gen/${header})
        endforeach()
        file(GLOB sources CONFIGURE_DEPENDS src/*.c)
        add_library(app SHARED ${sources})
        install(TARGETS app)
        install(DIRECTORY ${PROJECT_BINARY_DIR}/etc ${PROJECT_BINARY_DIR}/web
          ${PROJECT_BINARY_DIR}/gen DESTINATION share)
    "#});
    for file in ["conf/a", "conf/b", "web/a", "web/b", "t/a.h.in", "t/b.h.in"] {
        project.write(file, file);
    }
    for name in ["a", "b"] {
        let source = format!("int {name}(void) {{ return 1; }}\n");
        project.write(&format!("src/{name}.c"), source);
    }
    let Some(builder) = PackageBuilder::open(project, |_| {}) else {
        return;
    };
    let has = |file: &str| {
        let built = builder.build(Order::default());
        let is_there = built.archive.root().join(file).exists();
        let compiled: Vec<String> = built.compiled().iter().map(ToString::to_string).collect();
        (is_there, compiled)
    };
    let everything = vec!["a.c".to_string(), "b.c".to_string()];
    assert_eq!(has("share/etc/conf/b"), (true, everything.clone()));
    for (source, copy) in [
        ("conf/b", "share/etc/conf/b"),
        ("web/b", "share/web/b"),
        ("t/b.h.in", "share/gen/b.h"),
    ] {
        builder.project.remove(source);
        assert_eq!(has(copy), (false, everything.clone()), "{source}");
    }
    // A source of a target leaves nothing in the tree.
    builder.project.remove("src/b.c");
    assert_eq!(has("share/gen/a.h"), (true, Vec::new()));
}

#[test]
fn code_of_the_installation_names_inputs() {
    let project = project(indoc! {r#"
        set(here ${PROJECT_SOURCE_DIR})
        install(CODE "file(INSTALL DESTINATION \"\${CMAKE_INSTALL_PREFIX}/share\" TYPE FILE FILES \"${here}/one.txt\")")
        install(CODE "file(GLOB found \"${here}/many/*.txt\")
          file(INSTALL \${found} DESTINATION \"\${CMAKE_INSTALL_PREFIX}/share\")")
        install(CODE "include(\"${here}/post.cmake\")
          configure_file(\"${here}/conf.in\" \"\${CMAKE_INSTALL_PREFIX}/share/conf\")"
          SCRIPT cmake/last.cmake CODE "file(READ \"${here}/read.txt\" text)")
    "#})
    .file("one.txt", "1\n")
    .file("many/a.txt", "a\n")
    .file("post.cmake", "set(from \"${CMAKE_CURRENT_LIST_DIR}/set.txt\")\nfile(READ \"${from}\" text)\n")
    .file("set.txt", "s\n")
    .file("cmake/last.cmake", "file(READ \"${CMAKE_CURRENT_LIST_DIR}/last.txt\" text)\n")
    .file("cmake/last.txt", "l\n")
    .file("read.txt", "r\n")
    .file("conf.in", "c\n");
    let Some(channel) = channel_or_skip(&project) else {
        return;
    };
    let initialize = Initialize::member(&project, "");
    let finished = finish_from(&channel, project, &initialize, "app");
    assert!(finished.is_exact(), "{:#?}", finished.stderr);
    finished.assert_verdicts(&[
        ("edit", "one.txt", Rebuild),
        ("edit", "many/a.txt", Rebuild),
        ("new", "many/b.txt", Rebuild),
        ("edit", "post.cmake", Rebuild),
        ("edit", "set.txt", Rebuild),
        ("edit", "conf.in", Rebuild),
        ("edit", "cmake/last.cmake", Rebuild),
        ("edit", "cmake/last.txt", Rebuild),
        ("edit", "read.txt", Rebuild),
        ("new", "two.txt", Reuse),
    ]);
}

#[test]
fn files_that_fortran_includes_are_inputs() {
    let Some(gfortran) = toolchain::or_skip(tool("gfortran", &[])) else {
        return;
    };
    let lists = indoc! {"
        cmake_minimum_required(VERSION 3.15)
        project(app VERSION 1.2.0 LANGUAGES Fortran)
        add_executable(app main.f90)
        target_include_directories(app PRIVATE include)
        install(TARGETS app)
    "};
    let project = project("")
        .file("CMakeLists.txt", lists)
        .file(
            "main.f90",
            "program p\n  Include \"x.inc\"\n  print '(I0)', x\nend program\n",
        )
        .file("x.inc", "include 'deep.inc'\n")
        .file("include/deep.inc", "integer, parameter :: x = 1\n");
    let add = |channel: &mut Channel| {
        channel.add(gfortran);
    };
    let Some(builder) = PackageBuilder::open(project, add) else {
        return;
    };
    let build = || {
        builder.build(Order {
            build: &[("gfortran", "*")],
            config: serde_json::json!({"compilers": []}),
            ..Order::default()
        })
    };
    let built = build();
    assert_eq!(built.says("bin/app"), "1");
    let inputs = built.answer.to_string();
    for file in ["x.inc", "deep.inc"] {
        assert!(inputs.contains(file), "{file}: {inputs}");
    }
    (builder.project).write("include/deep.inc", "integer, parameter :: x = 2\n");
    assert_eq!(build().says("bin/app"), "2");
}
