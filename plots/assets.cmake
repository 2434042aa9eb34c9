# Builds the chart page and the renderer into OUT. Run at build time with cmake -P. SOURCE: this folder. WORK: the
# folder to install the dependencies into, so that the source tree may be read-only. NODE and NPM: programs.
#
# Without access to the npm registry this prints a message and succeeds: everything but the charts can be built.
# The outputs are then still missing, so the next build tries again.

set(files package.json package-lock.json .npmrc)
file(MAKE_DIRECTORY ${WORK} ${OUT})
set(versions "")
foreach(file IN LISTS files)
  file(READ ${SOURCE}/${file} text)
  string(APPEND versions "${text}")
  configure_file(${SOURCE}/${file} ${WORK}/${file} COPYONLY NO_SOURCE_PERMISSIONS)
endforeach()
string(SHA256 wanted "${versions}")

set(stamp ${WORK}/installed)
set(present "")
if(EXISTS ${stamp})
  file(READ ${stamp} present)
endif()
if(NOT present STREQUAL wanted)
  file(REMOVE ${stamp})
  execute_process(COMMAND ${NPM} ci --prefer-offline --loglevel=error WORKING_DIRECTORY ${WORK}
                  RESULT_VARIABLE failed OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(failed)
    message("Charts are not built: `npm ci` could not install their dependencies (${failed}). Everything else "
            "is built. Give this machine access to an npm registry (npm config set registry ...) and build "
            "again, or silence this with -DIPCBENCH_CHARTS=OFF. npm said:\n${said}")
    return()
  endif()
  file(WRITE ${stamp} "${wanted}")
endif()

execute_process(COMMAND ${NODE} ${SOURCE}/build.mjs ${OUT} WORKING_DIRECTORY ${WORK} RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "Building the charts from ${SOURCE} failed.")
endif()
