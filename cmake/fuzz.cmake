# Fuzz targets: <folder>/fuzz/NAME_fuzz.cpp is the program fuzz_NAME, found without editing a list. With IPCBENCH_FUZZ
# (preset `fuzz`, clang) it is libFuzzer's; otherwise it replays what is committed in <folder>/fuzz/corpus/NAME, seeds
# and every input that ever was a finding, as the test fuzz.NAME.

add_custom_target(fuzz_targets)

# ipcbench_fuzz(NAME [LINK target...] [LABELS label...]): the targets of the caller's folder, NAME_fuzz for all of them.
function(ipcbench_fuzz folder)
  cmake_parse_arguments(arg "" "" "LINK;LABELS" ${ARGN})
  if(NOT IPCBENCH_TESTS AND NOT IPCBENCH_FUZZ)
    return()
  endif()
  add_custom_target(${folder}_fuzz)
  add_dependencies(fuzz_targets ${folder}_fuzz)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*_fuzz.cpp)
  foreach(source ${sources})
    cmake_path(GET source STEM name)
    string(REGEX REPLACE "_fuzz$" "" name ${name})
    add_executable(fuzz_${name} ${source})
    set_target_properties(fuzz_${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/fuzz)
    target_link_libraries(fuzz_${name} PRIVATE ${arg_LINK})
    add_dependencies(${folder}_fuzz fuzz_${name})
    set(corpus ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${name})
    if(IPCBENCH_FUZZ)
      target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
      continue()
    endif()
    target_sources(fuzz_${name} PRIVATE ${PROJECT_SOURCE_DIR}/harness/fuzz/replay.cpp)
    target_compile_options(fuzz_${name} PRIVATE $<$<CONFIG:Release>:-O1>)
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${corpus})
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 120 LABELS "fuzz;${arg_LABELS}")
  endforeach()
endfunction()
