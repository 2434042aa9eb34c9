# A top-level folder is a library of all sources in its rooms; the *_test.cpp files beside them are its test
# program. New files are picked up without editing a list.

# ipcbench_sources(RESULT): the C++ files of the caller's folder and of its rooms, without those that build targets of their own.
function(ipcbench_sources result)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/(fuzz|libraries)/")
  set(${result} ${sources} PARENT_SCOPE)
endfunction()

# ipcbench_folder(NAME TYPE [LINK target...]): the library ipcbench_NAME. What is in testing/ does not ship.
function(ipcbench_folder name type)
  cmake_parse_arguments(arg "" "" "LINK" ${ARGN})
  ipcbench_sources(sources)
  list(FILTER sources EXCLUDE REGEX "(_test\\.cpp$|/testing/)")
  add_library(ipcbench_${name} ${type} ${sources})
  target_link_libraries(ipcbench_${name} PUBLIC ipcbench_options ${arg_LINK})
endfunction()

# --- how much a target is optimised ---
# Measured code (harness, mechanisms, core_bench) as the build type says: -O3. What works on the results, and its simulations:
# ipcbench_unmeasured, -O1, except for the sign flips of a comparison. Tests, and programs that write their input:
# ipcbench_test_build or ipcbench_unoptimised, -O0, except for ordering_tests. An exception says why where it is made.

# Two thirds of the time to compile for a tenth of the speed.
function(ipcbench_unmeasured target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O1>)
endfunction()

# ipcbench_room_at_a_time(TARGET [APART file...]): compiles the files of a room as one, so that headers are read, and their
# templates compiled, once per room. Names in anonymous namespaces must differ within a room; measured files are compiled
# apart.
function(ipcbench_room_at_a_time target)
  cmake_parse_arguments(arg "" "" "APART" ${ARGN})
  if(NOT IPCBENCH_UNITY OR target IN_LIST IPCBENCH_APART)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source ${sources})
    cmake_path(GET source FILENAME name)
    if(NOT name IN_LIST arg_APART)
      cmake_path(ABSOLUTE_PATH source OUTPUT_VARIABLE room)
      cmake_path(GET room PARENT_PATH room)
      cmake_path(RELATIVE_PATH room BASE_DIRECTORY ${PROJECT_SOURCE_DIR})
      string(MAKE_C_IDENTIFIER "${room}" group)
      set_source_files_properties(${source} PROPERTIES UNITY_GROUP ${group})
    endif()
  endforeach()
endfunction()

# Half of the time to compile.
function(ipcbench_unoptimised target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
endfunction()

# A test program, a room at a time.
function(ipcbench_test_build target)
  ipcbench_unoptimised(${target})
  ipcbench_room_at_a_time(${target})
endfunction()

# ipcbench_tests(NAME [LINK target...] [LABELS label...] [TIMEOUT seconds]): the program NAME_tests of all
# *_test.cpp in the folder. A tests_main.cpp is not needed: GoogleTest's is used unless one is given.
function(ipcbench_tests name)
  cmake_parse_arguments(arg "" "TIMEOUT;MAIN" "LINK;LABELS" ${ARGN})
  if(NOT IPCBENCH_TESTS)
    return()
  endif()
  ipcbench_sources(sources)
  list(FILTER sources INCLUDE REGEX "_test\\.cpp$")
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
  ipcbench_test_build(${name}_tests)
  gtest_discover_tests(${name}_tests DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()

# ipcbench_loads_transports(TARGET): a program that loads the transports of libraries, which call back into it.
add_custom_target(ipcbench_transports)
function(ipcbench_loads_transports target)
  set_target_properties(${target} PROPERTIES ENABLE_EXPORTS ON)
  add_dependencies(${target} ipcbench_transports)
endfunction()

# ipcbench_python_test(NAME SCRIPT argument... [CONFIGURATIONS name...]): a test that is a script of the caller's folder. Skipped,
# with the reason, where Python is missing. With CONFIGURATIONS, only `ctest -C` with one of these names runs it.
function(ipcbench_python_test name script)
  cmake_parse_arguments(arg "" "" "CONFIGURATIONS" ${ARGN})
  if(IPCBENCH_PYTHON)
    set(command ${IPCBENCH_PYTHON} ${CMAKE_CURRENT_SOURCE_DIR}/${script} ${arg_UNPARSED_ARGUMENTS})
  else()
    set(command ${CMAKE_COMMAND} -E echo "skipped: /usr/bin/python3 is missing; remedy: apt-get install python3")
  endif()
  add_test(NAME ${name} COMMAND ${command} CONFIGURATIONS ${arg_CONFIGURATIONS})
  set_tests_properties(${name} PROPERTIES TIMEOUT 120 SKIP_RETURN_CODE 77 SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()
