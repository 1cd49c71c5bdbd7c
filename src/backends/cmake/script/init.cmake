# Values that cannot be arguments of the configure command, because a shell or a list would
# split them. The variables pixi_* are set above.

# Without this policy a quoted text may be read as the name of a variable.
cmake_policy(VERSION 3.15)

set(pixi_build "${CMAKE_CURRENT_LIST_DIR}/build")
set(pixi_work "${CMAKE_CURRENT_LIST_DIR}/work")

# Replaces the prefixes in `text` with links, whose paths are the same in every build.
function(pixi_stable result text)
  if(pixi_is_linked)
    string(APPEND text "\n")
    foreach(pair "PREFIX pixi_host" "BUILD_PREFIX pixi_build" "SRC_DIR pixi_work")
      string(REPLACE " " ";" pair "${pair}")
      list(GET pair 0 variable)
      list(GET pair 1 link)
      set(link "${${link}}")
      if(NOT "$ENV{${variable}}" STREQUAL "")
        string(REPLACE "$ENV{${variable}}/" "${link}/" text "${text}")
        string(REPLACE "$ENV{${variable}}:" "${link}:" text "${text}")
        string(REPLACE "$ENV{${variable}};" "${link};" text "${text}")
        string(REPLACE "$ENV{${variable}}=" "${link}=" text "${text}")
        string(REPLACE "$ENV{${variable}} " "${link} " text "${text}")
        string(REPLACE "$ENV{${variable}}\n" "${link}\n" text "${text}")
      endif()
    endforeach()
    string(REGEX REPLACE "\n$" "" text "${text}")
  endif()
  set(${result} "${text}" PARENT_SCOPE)
endfunction()

# Sets the definitions `-DNAME[:TYPE]=VALUE` in the variable `list`.
function(pixi_take list with_build_type)
  separate_arguments(arguments NATIVE_COMMAND "$ENV{${list}}")
  foreach(argument IN LISTS arguments)
    if(argument MATCHES "^-D([^:=]+)(:([A-Za-z]+))?=(.*)$")
      set(name "${CMAKE_MATCH_1}")
      set(type "${CMAKE_MATCH_3}")
      pixi_stable(value "${CMAKE_MATCH_4}")
      if(type STREQUAL "")
        set(type STRING)
      endif()
      if(with_build_type OR NOT name STREQUAL "CMAKE_BUILD_TYPE")
        set(${name} "${value}" CACHE ${type} "" FORCE)
      endif()
    else()
      message(STATUS "${list}: ${argument} is not a definition and is left out")
    endif()
  endforeach()
endfunction()

pixi_take(CMAKE_ARGS FALSE)
pixi_take(PIXI_BUILD_CMAKE_ARGS TRUE)

# Compilers, their flags and the search paths. CMake reads these variables only when it
# configures.
foreach(variable
  CC CXX FC OBJC OBJCXX ASM CUDACXX CUDAHOSTCXX HIPCXX CFLAGS CXXFLAGS CPPFLAGS FFLAGS
  CUDAFLAGS OBJCFLAGS OBJCXXFLAGS ASMFLAGS PATH CMAKE_PREFIX_PATH PKG_CONFIG PKG_CONFIG_PATH
  CONDA_BUILD_SYSROOT CUDA_HOME CUDA_PATH)
  if(NOT "$ENV{${variable}}" STREQUAL "")
    pixi_stable(value "$ENV{${variable}}")
    if(pixi_is_linked AND variable MATCHES "FLAGS$")
      # This flag contains the version of the package and the path of the work directory,
      # which contains no sources.
      string(REGEX REPLACE "-fdebug-prefix-map=[^ ]*=/usr/local/src/conda/[^ ]*" "" value "${value}")
    endif()
    set(ENV{${variable}} "${value}")
  endif()
endforeach()

# Packaging replaces the rpath of a binary with a relative one, so every binary needs one.
# The activation scripts of conda's compilers add it.
if(pixi_has_rpath AND NOT "$ENV{LDFLAGS}" MATCHES "-rpath,")
  set(ENV{LDFLAGS} "$ENV{LDFLAGS} -Wl,-rpath,$ENV{PREFIX}/lib")
endif()

set(pixi_prefix "$ENV{PREFIX}")
set(pixi_separator ":")
if(NOT "$ENV{LIBRARY_PREFIX}" STREQUAL "")
  set(pixi_prefix "$ENV{LIBRARY_PREFIX}")
endif()
if(CMAKE_HOST_WIN32)
  set(pixi_separator ";")
endif()
file(TO_CMAKE_PATH "${pixi_prefix}" pixi_prefix)
set(CMAKE_INSTALL_PREFIX "${pixi_prefix}" CACHE PATH "" FORCE)
# Some distributions of CMake use lib64 unless they recognize conda.
set(CMAKE_INSTALL_LIBDIR "lib" CACHE PATH "" FORCE)

pixi_stable(pixi_root "${pixi_prefix}")
# The existing value has priority.
set(pixi_value "$ENV{CMAKE_PREFIX_PATH}")
string(FIND "${pixi_separator}${pixi_value}${pixi_separator}"
  "${pixi_separator}${pixi_root}${pixi_separator}" pixi_found)
if(pixi_found EQUAL -1)
  set(pixi_value "${pixi_value}${pixi_separator}${pixi_root}")
endif()
string(REGEX REPLACE "^[:;]+|[:;]+$" "" pixi_value "${pixi_value}")
set(ENV{CMAKE_PREFIX_PATH} "${pixi_value}")
set(ENV{PKG_CONFIG_PATH}
  "${pixi_root}/lib/pkgconfig${pixi_separator}${pixi_root}/share/pkgconfig${pixi_separator}$ENV{PKG_CONFIG_PATH}")
if(pixi_is_linked)
  # A .pc file contains the prefix; with this option pkg-config derives it from the path of
  # the file.
  set(PKG_CONFIG_ARGN "--define-prefix" CACHE STRING "" FORCE)
  if(EXISTS "${pixi_build}/bin/cmake")
    set(CMAKE_COMMAND "${pixi_build}/bin/cmake" CACHE INTERNAL "" FORCE)
  endif()
endif()

# Packages of the machine and of other builds are not used.
set(CMAKE_FIND_USE_PACKAGE_REGISTRY OFF CACHE BOOL "" FORCE)
set(CMAKE_FIND_USE_SYSTEM_PACKAGE_REGISTRY OFF CACHE BOOL "" FORCE)
set(CMAKE_EXPORT_PACKAGE_REGISTRY OFF CACHE BOOL "" FORCE)

set(CMAKE_EXPORT_COMPILE_COMMANDS ON CACHE BOOL "" FORCE)
if(pixi_is_linked)
  set(CMAKE_USER_MAKE_RULES_OVERRIDE "${CMAKE_CURRENT_LIST_DIR}/rules.cmake" CACHE FILEPATH "" FORCE)
endif()

# A preset has already set these variables, and it has priority.
if(NOT pixi_build_type STREQUAL "")
  set(CMAKE_BUILD_TYPE "${pixi_build_type}" CACHE STRING "")
endif()
if(NOT pixi_shared STREQUAL "")
  set(BUILD_SHARED_LIBS "${pixi_shared}" CACHE BOOL "")
endif()
if(NOT pixi_testing STREQUAL "")
  set(BUILD_TESTING "${pixi_testing}" CACHE BOOL "")
endif()

# The Python of the host environment, or none. CMake must not find that of the machine.
file(TO_CMAKE_PATH "$ENV{PYTHON}" pixi_python)
pixi_stable(pixi_python "${pixi_python}")
if(NOT pixi_python STREQUAL "" AND EXISTS "${pixi_python}")
  file(TO_CMAKE_PATH "$ENV{PREFIX}" pixi_python_root)
  pixi_stable(pixi_python_root "${pixi_python_root}")
  foreach(variable Python_EXECUTABLE Python3_EXECUTABLE PYTHON_EXECUTABLE)
    set(${variable} "${pixi_python}" CACHE FILEPATH "" FORCE)
  endforeach()
  foreach(variable Python_ROOT_DIR Python3_ROOT_DIR)
    set(${variable} "${pixi_python_root}" CACHE PATH "" FORCE)
  endforeach()
  set(Python_FIND_VIRTUALENV "STANDARD" CACHE STRING "" FORCE)
  set(Python3_FIND_VIRTUALENV "STANDARD" CACHE STRING "" FORCE)
endif()

# The compiler cache through which ninja runs the compilers.
set(pixi_bin "$ENV{BUILD_PREFIX}/bin")
if(CMAKE_HOST_WIN32)
  file(TO_CMAKE_PATH "$ENV{BUILD_PREFIX}/Library/bin" pixi_bin)
endif()
pixi_stable(pixi_bin "${pixi_bin}")
foreach(program IN LISTS pixi_launchers)
  find_program(pixi_found_launcher "${program}" PATHS "${pixi_bin}" NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
  if(pixi_found_launcher)
    foreach(language C CXX CUDA OBJC OBJCXX HIP)
      if(NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER AND "$ENV{CMAKE_${language}_COMPILER_LAUNCHER}" STREQUAL "")
        set(CMAKE_${language}_COMPILER_LAUNCHER "${pixi_found_launcher}" CACHE STRING "")
      endif()
    endforeach()
  endif()
endforeach()
unset(pixi_found_launcher CACHE)
