# Builds the page, the renderer and THIRD_PARTY.txt into OUT. Run at build time with cmake -P. SOURCE: this folder.
# WORK: a folder for what lies between. ESBUILD: the program. MODULES: the folder that holds D3's modules.

set(web ${SOURCE}/web)
file(MAKE_DIRECTORY ${WORK} ${OUT})

# bundle(NAME OPTION...): WORK/NAME from SOURCE/web/NAME and what it imports; what that was is in WORK/NAME.json.
function(bundle name)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env NODE_PATH=${MODULES} ${ESBUILD} ${web}/${name} --bundle --minify --charset=utf8
            --main-fields=module,main --log-level=warning --outfile=${WORK}/${name} --metafile=${WORK}/${name}.json ${ARGN}
    WORKING_DIRECTORY ${MODULES} RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "esbuild could not bundle ${web}/${name} (see above).")
  endif()
endfunction()

# inline(MARK NAME): puts WORK/NAME in the place of MARK, with nothing in it that would end its element.
function(inline mark name)
  file(READ ${WORK}/${name} text)
  string(REGEX REPLACE "</([sS][cC][rR][iI][pP][tT]|[sS][tT][yY][lL][eE])" "<\\\\/\\1" text "${text}")
  string(FIND "${page}" "${mark}" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "${web}/page.html has no ${mark}.")
  endif()
  string(REPLACE "${mark}" "${text}" page "${page}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

# The folders of modules that the bundles hold, relative to MODULES.
function(bundled_modules result)
  file(REAL_PATH ${web} own)
  set(modules "")
  foreach(name IN LISTS ARGN)
    file(READ ${WORK}/${name}.json made_of)
    string(JSON inputs GET "${made_of}" inputs)
    string(JSON last LENGTH "${inputs}")
    math(EXPR last "${last} - 1")
    foreach(index RANGE ${last})
      string(JSON input MEMBER "${inputs}" ${index})
      if(input MATCHES "^(@[^/]+/[^/.]+|[^/.@][^/]*)/")
        list(APPEND modules ${CMAKE_MATCH_1})
        continue()
      endif()
      cmake_path(ABSOLUTE_PATH input BASE_DIRECTORY ${MODULES} NORMALIZE)
      cmake_path(IS_PREFIX own "${input}" is_own)
      if(NOT is_own)
        message(FATAL_ERROR "${name} holds ${input}, whose licence is not known: it is neither in ${own} nor in ${MODULES}.")
      endif()
    endforeach()
  endforeach()
  list(REMOVE_DUPLICATES modules)
  list(SORT modules)
  set(${result} ${modules} PARENT_SCOPE)
endfunction()

# The file with a module's licence: Debian's for the package that the module is of, or the module's own.
function(licence_of module result)
  execute_process(COMMAND dpkg-query --search ${MODULES}/${module}/package.json
                  OUTPUT_VARIABLE package ERROR_QUIET RESULT_VARIABLE failed)
  file(GLOB licences ${MODULES}/${module}/LICEN[CS]E*)
  if(package MATCHES "^([^:]+): ")
    list(PREPEND licences /usr/share/doc/${CMAKE_MATCH_1}/copyright)
  endif()
  foreach(licence IN LISTS licences)
    if(EXISTS ${licence})
      set(${result} ${licence} PARENT_SCOPE)
      return()
    endif()
  endforeach()
  message(FATAL_ERROR "No licence of the module ${module} is in ${MODULES}/${module} or /usr/share/doc. The page "
                      "holds it, so its licence has to come along.")
endfunction()

bundle(page.mjs --format=iife --target=es2021)
bundle(page.css)
bundle(render.mjs --format=esm --platform=node --target=node18)

file(READ ${web}/page.html page)
inline("/*STYLE*/" page.css)
inline("/*SCRIPT*/" page.mjs)
file(WRITE ${OUT}/page.html "${page}")
file(COPY_FILE ${WORK}/render.mjs ${OUT}/render.mjs)

# The licences require their texts to be distributed with the parts.
bundled_modules(modules page.mjs render.mjs)
set(texts "The page and the renderer hold these modules. Each module's licence follows its name.\n")
foreach(module IN LISTS modules)
  file(READ ${MODULES}/${module}/package.json facts)
  string(JSON version ERROR_VARIABLE no_version GET "${facts}" version)
  licence_of(${module} licence)
  file(READ ${licence} text)
  string(REPEAT "=" 78 line)
  string(APPEND texts "\n${line}\n${module} ${version}\n\n${text}")
endforeach()
file(WRITE ${OUT}/THIRD_PARTY.txt "${texts}")
