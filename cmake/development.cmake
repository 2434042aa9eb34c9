# What an author of a mechanism needs to build a program with it, without this tree: find_package(ipcbench).
#
#   ipcbench::harness      the contract, the loops, the registry
#   ipcbench::program      the whole program, main() included, with all mechanisms
#   ipcbench::conformance  the conformance suite, main() included (needs GoogleTest)
#
# ipcbenchConfig.cmake.in says how they are used. `ipcbench new-mechanism NAME` writes a repository that does.
include(CMakePackageConfigHelpers)

set(development lib/cmake/ipcbench)

# Archives of the objects: nothing refers to a mechanism or to a test but its own static initialiser, so whoever links
# them takes them whole.
add_library(ipcbench_all_mechanisms STATIC $<TARGET_OBJECTS:ipcbench_mechanisms>)
target_link_libraries(ipcbench_all_mechanisms PUBLIC ipcbench_harness)
set(archives ipcbench_options ipcbench_harness ipcbench_results ipcbench_plots ipcbench_bench ipcbench_all_mechanisms)
if(IPCBENCH_TESTS)
  add_library(ipcbench_all_tests STATIC $<TARGET_OBJECTS:ipcbench_conformance>)
  target_link_libraries(ipcbench_all_tests PUBLIC ipcbench_harness)
  list(APPEND archives ipcbench_all_tests)
endif()
# OPTIONAL: who builds the program alone installs the program alone.
install(TARGETS ${archives} EXPORT ipcbench ARCHIVE DESTINATION lib COMPONENT development OPTIONAL)
install(EXPORT ipcbench NAMESPACE ipcbench:: FILE ipcbenchTargets.cmake DESTINATION ${development} COMPONENT development)

# The headers that an author's file may include. Test code and the program's own rooms stay here.
foreach(room harness/base harness/cleanup harness/contract harness/host harness/loops harness/registry mechanisms/parts)
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${room}/*.hpp)
  install(FILES ${headers} DESTINATION include/ipcbench/${room} COMPONENT development)
endforeach()
install(FILES ${PROJECT_SOURCE_DIR}/harness/plugin/ipcbench_plugin.h DESTINATION include COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/bench/whole_program.hpp DESTINATION include/ipcbench/bench COMPONENT development)
install(FILES ${PROJECT_SOURCE_DIR}/bench/main.cpp DESTINATION ${development} COMPONENT development)

configure_package_config_file(cmake/ipcbenchConfig.cmake.in ${PROJECT_BINARY_DIR}/ipcbenchConfig.cmake
                              INSTALL_DESTINATION ${development})
# Before 1.0, a new minor version may ask for changes in an author's file.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/ipcbenchConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/ipcbenchConfig.cmake ${PROJECT_BINARY_DIR}/ipcbenchConfigVersion.cmake
        DESTINATION ${development} COMPONENT development)
