use super::*;

fn owned(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(ToString::to_string).collect()
}

#[test]
fn only_variables_of_the_build_are_references() {
    let own = owned(&["FOO"]);
    let literal = |text: &str| Piece::Literal(text.to_string());
    let variable = |name: &str| Piece::Variable(name.to_string());
    let word = |text: &str| word(text, &own).0;
    assert_eq!(
        word("-DD=$PREFIX/a:${FOO}b"),
        [
            literal("-DD="),
            variable("PREFIX"),
            literal("/a:"),
            variable("FOO"),
            literal("b")
        ]
    );
    for text in [
        "$ORIGIN/../lib",
        "$<CONFIG>",
        "${ORIGIN}",
        "a$",
        "$PREFIXES",
        "",
    ] {
        assert_eq!(word(text), [literal(text)], "{text}");
    }
}

#[test]
fn what_the_backend_decides_cannot_be_given() {
    let allowed: [&[&str]; 12] = [
        &["-DA=1", "-D", "B=2", "-DC"],
        &["-DA:PATH=/x"],
        &["-C", "x.cmake", "--toolchain", "t.cmake"],
        &["-Cx.cmake", "--toolchain=t.cmake"],
        &["-Wno-dev", "--log-level=DEBUG"],
        &["-U", "A*"],
        &["--graphviz", "x"],
        &["--trace-expand"],
        &["-GNinja"],
        &["-G", "Ninja"],
        &["--preset", "x"],
        &["--preset=x"],
    ];
    for arguments in allowed {
        assert_eq!(validate(&owned(arguments)), [], "{arguments:?}");
    }
    let refused: [&[&str]; 16] = [
        &["-D"],
        &["-GNinja Multi-Config"],
        &["-G", "Unix Makefiles"],
        &["-G"],
        &["--preset"],
        &["-B", "b"],
        &["src"],
        &[""],
        &["-DCMAKE_INSTALL_PREFIX=/x"],
        &["-D", "CMAKE_INSTALL_PREFIX:PATH=/x"],
        &["--fresh"],
        &["--help-manual"],
        &["-N"],
        &["-P", "x"],
        &["--install-prefix=/x"],
        &["-S."],
    ];
    for arguments in refused {
        assert!(!validate(&owned(arguments)).is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_mistake_has_the_number_of_its_element() {
    let arguments = ["-D", "A=1", "-Wno-dev", "--fresh", "-DB=2", "-D"];
    let mistakes = validate(&owned(&arguments));
    let numbers = mistakes.iter().map(|mistake| mistake.keys[1].as_str());
    assert_eq!(numbers.collect::<Vec<_>>(), ["5", "3"]);
}

#[test]
fn the_preset_is_known() {
    let named: [(&[&str], _); 4] = [
        (&["-DA=1", "--preset=x"], Some("x")),
        (&["--preset", "x", "-DA=1"], Some("x")),
        (&["--preset"], None),
        (&["-DA=--preset=x"], None),
    ];
    for (arguments, name) in named {
        assert_eq!(preset(&owned(arguments)), name, "{arguments:?}");
    }
}

#[test]
fn text_for_a_shell_is_noticed() {
    let help = |argument: &str| {
        let warnings = warnings(&owned(&[argument]));
        warnings.first().and_then(|warning| warning.help.clone())
    };
    let corrected = |argument| help(argument).expect("a warning");
    assert!(corrected("-DR='a b'").ends_with("`-DR=a b`"));
    assert!(corrected("-DR=\\$ORIGIN").ends_with("`-DR=$ORIGIN`"));
    assert!(corrected("-DR=%PREFIX%/x").ends_with("`-DR=$PREFIX/x`"));
    assert!(corrected("-DR=9%;%PREFIX%;%SRC_DIR%").ends_with("`-DR=9%;$PREFIX;$SRC_DIR`"));
    assert_eq!(help("-DR=100%"), None);
    assert_eq!(help("-DR=it's"), None);
}

#[test]
fn files_that_are_read_are_known() {
    let arguments = owned(&[
        "-C",
        "a.cmake",
        "--toolchain=b.cmake",
        "-DCMAKE_TOOLCHAIN_FILE=c",
    ]);
    assert_eq!(
        files(&arguments),
        ["a.cmake", "b.cmake", "c"].map(PathBuf::from)
    );
}
