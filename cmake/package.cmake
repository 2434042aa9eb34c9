# Installation and packages, for target machines without compiler, Node or network.
#
#   cmake --install build --prefix DIR      the program, its data and the shared libraries it needs besides the C library
#   cpack --config build/CPackConfig.cmake  the same as .tar.gz, to unpack anywhere; and a .deb, which depends on the
#                                           distribution's own libraries instead of carrying copies
#
# Folders with data of their own (charts, schema) install it below share/ipcbench from their own CMakeLists.txt.

# The copies are in their own folder, found relative to the program, so that no other program picks them up.
set(IPCBENCH_PRIVATE_LIBDIR lib/ipcbench)
set_target_properties(ipcbench PROPERTIES INSTALL_RPATH "$ORIGIN/../${IPCBENCH_PRIVATE_LIBDIR}")

install(TARGETS ipcbench RUNTIME_DEPENDENCY_SET ipcbench_libraries
        RUNTIME DESTINATION bin COMPONENT ipcbench)
if(NOT CMAKE_CROSSCOMPILING AND NOT IPCBENCH_SANITIZE)
  # Debian has Google Benchmark and fmt as shared libraries only. The C library and its loader are left to the target: they have to
  # match each other and its kernel. libstdc++ is shared with Google Benchmark, so it is shipped, not linked statically,
  # which would load it twice.
  install(RUNTIME_DEPENDENCY_SET ipcbench_libraries
          PRE_EXCLUDE_REGEXES "^ld-linux" "^lib(c|m|rt|dl|pthread|util|resolv|anl|nsl)\\.so\\."
          LIBRARY DESTINATION ${IPCBENCH_PRIVATE_LIBDIR} COMPONENT carried_libraries)
  # Their licences ask for this. OPTIONAL, because only Debian and its children keep them in these places.
  foreach(library libbenchmark1debian libfmt9 libstdc++6)
    install(FILES /usr/share/doc/${library}/copyright DESTINATION share/doc/ipcbench RENAME copyright.${library}
            COMPONENT carried_libraries OPTIONAL)
  endforeach()
endif()

install(FILES LICENSE DESTINATION share/doc/ipcbench RENAME copyright COMPONENT ipcbench)
install(FILES README.md CHANGELOG.md DESTINATION share/doc/ipcbench COMPONENT ipcbench OPTIONAL)

set(CPACK_GENERATOR TGZ DEB)
set(CPACK_PACKAGE_VENDOR "The ipcbench maintainers")
set(CPACK_PACKAGE_CONTACT "The ipcbench maintainers <maintainers@ipcbench.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "benchmark of all ways two Linux processes can talk to each other")
set(CPACK_PACKAGE_DESCRIPTION
    "Measures round-trip latency and throughput of pipes, sockets, message queues and shared-memory rings
between two processes on this machine, writes reports in a superset of Google Benchmark's JSON, and
draws charts of them.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_BINARY_DIR}/packages)
set(CPACK_STRIP_FILES ON)

set(CPACK_PACKAGE_FILE_NAME ipcbench-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR})
set(CPACK_ARCHIVE_COMPONENT_INSTALL ON)

set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_IPCBENCH_PACKAGE_NAME ipcbench)
set(CPACK_DEBIAN_IPCBENCH_PACKAGE_SECTION utils)
# The transports of libraries, which nobody else has to install.
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_NAME ipcbench-libraries)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_DEPENDS "ipcbench (= ${PROJECT_VERSION})")
set(CPACK_DEBIAN_LIBRARIES_PACKAGE_SUGGESTS "dbus-daemon, redis-server")
set(CPACK_COMPONENT_LIBRARIES_DESCRIPTION "Transports of libraries for ipcbench: ZeroMQ, gRPC and others")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME ipcbench-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS
    "ipcbench (= ${PROJECT_VERSION}), g++, cmake (>= 3.25), libbenchmark-dev, libboost-filesystem-dev, libcli11-dev, \
libfmt-dev, libgmock-dev, libgtest-dev, libsoci-dev, libssl-dev, libzstd-dev, nlohmann-json3-dev, zlib1g-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "For authors of a mechanism: find_package(ipcbench)")
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_IPCBENCH_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_IPCBENCH_PACKAGE_SUGGESTS "nodejs (>= 18), librsvg2-bin")  # draw SVG, and make PNG of it; the page needs neither
if(IPCBENCH_FLEET)  # loaded at run time, so that no dependency shows them
  set(CPACK_DEBIAN_IPCBENCH_PACKAGE_RECOMMENDS "libsoci-sqlite3-4.0, libsoci-postgresql4.0")
endif()

set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_SOURCE_DIR}/cmake/package_each.cmake)
include(CPack)

if(IPCBENCH_TESTS)
  foreach(script prerequisites run_all)
    add_test(NAME house.${script} COMMAND ${PROJECT_SOURCE_DIR}/cmake/${script}_test.sh)
    set_tests_properties(house.${script} PROPERTIES TIMEOUT 60)
  endforeach()
endif()
