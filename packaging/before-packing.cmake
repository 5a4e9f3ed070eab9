# Run by CPack between installing to its folder and packing: what makes packages of the same files the same.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  message(FATAL_ERROR "SOURCE_DATE_EPOCH is not set: packaging/make-packages sets it")
endif()
set(staged ${CPACK_TEMPORARY_DIRECTORY})

# Each family has its own folders for completion.
set(share ${staged}/scheduler/usr/share)
if(CPACK_GENERATOR STREQUAL RPM AND EXISTS ${share}/zsh/vendor-completions)
  file(RENAME ${share}/zsh/vendor-completions ${share}/zsh/site-functions)
endif()
if(CPACK_GENERATOR STREQUAL RPM)
  file(GLOB overrides ${staged}/*/usr/share/lintian)
  file(REMOVE_RECURSE ${overrides})
endif()

execute_process(COMMAND find ${staged} -exec touch --no-dereference --date=@$ENV{SOURCE_DATE_EPOCH} {} +
                COMMAND_ERROR_IS_FATAL ANY)
