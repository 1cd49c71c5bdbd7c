# Flags that keep paths of this build out of compiled files. CMake includes this file when it
# has determined the compiler of a language.

get_filename_component(pixi_folder "${CMAKE_CURRENT_LIST_DIR}" ABSOLUTE)
foreach(pixi_language C CXX OBJC OBJCXX Fortran)
  set(pixi_id "${CMAKE_${pixi_language}_COMPILER_ID}")
  if(pixi_id MATCHES "^(GNU|Clang|AppleClang)$"
    AND NOT CMAKE_${pixi_language}_FLAGS_INIT MATCHES "=/usr/local/src/conda-prefix ")
    set(pixi_flags "")
    string(APPEND pixi_flags
      " -ffile-prefix-map=${pixi_host}=/usr/local/src/conda-prefix"
      " -ffile-prefix-map=${pixi_folder}/build=/usr/local/src/conda-build-prefix"
      " -ffile-prefix-map=${pixi_folder}/tree=/usr/local/src/conda/$ENV{PKG_NAME}/build")
    string(FIND "${CMAKE_SOURCE_DIR}/" "${pixi_folder}/" pixi_found)
    if(NOT pixi_found EQUAL 0 AND "${CMAKE_SOURCE_DIR}" MATCHES "^[A-Za-z0-9/._+@~-]+$")
      string(APPEND pixi_flags
        " -ffile-prefix-map=${CMAKE_SOURCE_DIR}=/usr/local/src/conda/$ENV{PKG_NAME}")
    endif()
    string(APPEND CMAKE_${pixi_language}_FLAGS_INIT "${pixi_flags}")
  endif()
endforeach()
