# project_hardening: what the release preset's layers and programs defend themselves with, and what makes their
# bytes depend on nothing but the sources. Tests, which are not optimised, do without (_FORTIFY_SOURCE asks
# for it). No -fcf-protection: Debian 12's start files and archives are not marked for it, so that the linker
# would mark no program.
option(RUNNERIQ_HARDENED "Harden the layers and programs" OFF)
add_library(project_hardening INTERFACE)
add_library(project_assertions INTERFACE)
if(NOT RUNNERIQ_HARDENED)
  return()
endif()
target_compile_definitions(project_hardening INTERFACE _FORTIFY_SOURCE=3)
target_compile_definitions(project_assertions INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(project_hardening INTERFACE
  -fstack-protector-strong -fstack-clash-protection -ffunction-sections -fdata-sections
  -ffile-prefix-map=${PROJECT_SOURCE_DIR}=.)
