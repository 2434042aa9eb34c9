# Read by cpack once for each kind of package, with CPACK_GENERATOR set to that kind.
if(CPACK_GENERATOR STREQUAL "DEB")
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL carried_libraries)
  set(CPACK_COMPONENTS_GROUPING IGNORE)  # a package for each: the program, and what authors need
  # Without these two, cpack would write a package that names no dependency at all.
  find_program(dpkg_shlibdeps dpkg-shlibdeps)
  find_program(file_program file)
  if(NOT dpkg_shlibdeps OR NOT file_program)
    message(FATAL_ERROR "A .deb takes dpkg-shlibdeps and file: apt-get install dpkg-dev file. "
                        "The archive alone: cpack -G TGZ.")
  endif()
else()
  list(REMOVE_ITEM CPACK_COMPONENTS_ALL development)  # for target machines
  set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)
  set(CPACK_COMPONENT_INCLUDE_TOPLEVEL_DIRECTORY ON)  # a .deb would be installed below that folder
endif()
