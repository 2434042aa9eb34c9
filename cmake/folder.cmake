# A folder of the house is a library of all its sources; what stands beside them as *_test.cpp is its test
# program. New files are picked up without editing a list.

# ipcbench_folder(NAME TYPE [LINK target...]): the library ipcbench_NAME.
function(ipcbench_folder name type)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  add_library(ipcbench_${name} ${type} ${sources})
  target_link_libraries(ipcbench_${name} PUBLIC ipcbench_options ${arg_LINK})
endfunction()

# ipcbench_tests(NAME [LINK target...] [LABELS label...] [TIMEOUT seconds]): the program NAME_tests of all
# *_test.cpp beside the caller. A tests_main.cpp is not needed: GoogleTest's is used unless one is given.
function(ipcbench_tests name)
  cmake_parse_arguments(arg "" "TIMEOUT;MAIN" "LINK;LABELS" ${ARGN})
  if(NOT IPCBENCH_TESTS)
    return()
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp)
  if(NOT sources)
    return()
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_MAIN)
    set(arg_MAIN GTest::gtest_main)
  endif()
  add_executable(${name}_tests ${sources})
  target_link_libraries(${name}_tests PRIVATE ${arg_LINK} ${arg_MAIN} GTest::gmock GTest::gtest)
  gtest_discover_tests(${name}_tests DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()
