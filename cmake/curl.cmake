# curl_client: what the layers link to speak HTTP and mail.
#
# A program for many distributions must not ask for Debian's version of libcurl's symbols (CURL_OPENSSL_4),
# which Fedora's and EL's libcurl.so.4 do not have. So the release preset links against a stand-in of the
# same soname that has the functions of curl_functions.txt and no versions; the loader then binds to
# whatever libcurl.so.4 there is. A function that is not on the list fails to link.
find_package(CURL 7.88 REQUIRED GLOBAL)
add_library(curl_client INTERFACE)
if(NOT RUNNERIQ_STATIC)
  target_link_libraries(curl_client INTERFACE CURL::libcurl)
  return()
endif()

set(curl_functions ${CMAKE_CURRENT_LIST_DIR}/curl_functions.txt)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${curl_functions})
file(STRINGS ${curl_functions} curl_names REGEX "^curl_")
list(TRANSFORM curl_names REPLACE "(.+)" "void \\1(void) {}\n")
list(JOIN curl_names "" curl_text)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/curl_stand_in/curl.c CONTENT "@curl_text@" @ONLY)
add_library(curl_stand_in SHARED ${PROJECT_BINARY_DIR}/curl_stand_in/curl.c)
target_compile_options(curl_stand_in PRIVATE -fno-builtin)
target_link_options(curl_stand_in PRIVATE -nostdlib)
set_target_properties(curl_stand_in PROPERTIES
  OUTPUT_NAME curl VERSION 4.0.0 SOVERSION 4 LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/curl_stand_in)
target_include_directories(curl_client SYSTEM INTERFACE ${CURL_INCLUDE_DIRS})
target_link_libraries(curl_client INTERFACE curl_stand_in)
