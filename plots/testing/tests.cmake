# Tests of the page, of the renderer and of what they draw from made-up reports.

add_executable(plots_write_sample testing/write_sample.cpp)
target_link_libraries(plots_write_sample PRIVATE ipcbench_plots_testing)
ipcbench_unoptimised(plots_write_sample)
set(sample_dir ${CMAKE_CURRENT_BINARY_DIR}/sample)

# charts_test(NAME COMMAND word...): skipped, with the reason, where what it needs is missing.
function(charts_test name)
  cmake_parse_arguments(arg "" "NEEDS;PACKAGE" "COMMAND" ${ARGN})
  if(${arg_NEEDS})
    add_test(NAME charts.${name} COMMAND ${arg_COMMAND})
  else()
    add_test(NAME charts.${name} COMMAND ${CMAKE_COMMAND} -E echo "skipped: remedy: apt-get install ${arg_PACKAGE}")
  endif()
  set_tests_properties(charts.${name} PROPERTIES LABELS charts TIMEOUT 600 SKIP_RETURN_CODE 77
                       SKIP_REGULAR_EXPRESSION "^skipped: ")
endfunction()

find_program(IPCBENCH_NODE NAMES node nodejs)
find_program(IPCBENCH_RSVG rsvg-convert)

# Node itself does not look for modules where Debian puts them, so the tests are bundled as the page is.
set(bundles_dir ${CMAKE_CURRENT_BINARY_DIR}/web_tests)
set(test_bundles "")
foreach(test IN LISTS web_tests)
  cmake_path(RELATIVE_PATH test BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}/web)
  list(APPEND test_bundles ${bundles_dir}/${test})
endforeach()
add_custom_command(
  OUTPUT ${test_bundles}
  COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${IPCBENCH_NODE_MODULES} ${IPCBENCH_ESBUILD} ${web_tests} --bundle
          --platform=node --format=esm --target=node18 --main-fields=module,main --sourcemap=inline --log-level=warning
          --outdir=${bundles_dir} --outbase=${CMAKE_CURRENT_SOURCE_DIR}/web --out-extension:.js=.mjs
  DEPENDS ${web_sources} ${web_tests} ${CMAKE_CURRENT_SOURCE_DIR}/testing/cells.mjs
  COMMENT "Bundling the tests of the page"
  VERBATIM)
add_custom_target(charts_tests ALL DEPENDS ${test_bundles})

add_test(NAME charts.assets
         COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/testing/assets_test.sh ${CMAKE_COMMAND} ${IPCBENCH_ESBUILD})
set_tests_properties(charts.assets PROPERTIES LABELS charts TIMEOUT 120)
charts_test(units NEEDS IPCBENCH_NODE PACKAGE nodejs
            COMMAND ${IPCBENCH_NODE} --enable-source-maps --test ${test_bundles})
charts_test(sample NEEDS IPCBENCH_RSVG PACKAGE librsvg2-bin
            COMMAND plots_write_sample ${sample_dir} ${assets_dir})
charts_test(pictures NEEDS IPCBENCH_NODE PACKAGE nodejs
            COMMAND ${IPCBENCH_NODE} --test ${CMAKE_CURRENT_SOURCE_DIR}/testing/pictures.mjs)
ipcbench_python_test(charts.browser testing/browser_test.py)
ipcbench_python_test(charts.page testing/page_test.py)
ipcbench_python_test(charts.layout testing/layout_test.py)
file(GLOB site_baselines ${PROJECT_SOURCE_DIR}/results/baseline/*.json)
list(GET site_baselines 0 site_baseline)
ipcbench_python_test(charts.site testing/site_test.py $<TARGET_FILE:write_fleet> $<TARGET_FILE:ipcbench> ${site_baseline})
ipcbench_python_test(charts.browser_harness testing/browser_harness_test.py)
ipcbench_python_test(charts.gallery testing/gallery_test.py ${sample_dir}/sample.json $<TARGET_FILE:ipcbench>)
set_tests_properties(charts.browser charts.page charts.layout charts.site charts.browser_harness PROPERTIES LABELS "charts;browser" TIMEOUT 600)
set_tests_properties(charts.sample PROPERTIES FIXTURES_SETUP charts_sample COST 90)  # others wait for it
ipcbench_python_test(charts.program testing/plot_program_test.py ${sample_dir}/sample.json $<TARGET_FILE:ipcbench>)
set_tests_properties(charts.gallery charts.program PROPERTIES LABELS charts FIXTURES_REQUIRED charts_sample)
set_tests_properties(charts.program PROPERTIES TIMEOUT 300)
set_tests_properties(charts.pictures charts.browser charts.page charts.layout PROPERTIES
                     FIXTURES_REQUIRED charts_sample ENVIRONMENT IPCBENCH_SAMPLE=${sample_dir})
