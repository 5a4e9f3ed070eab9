# What is installed, and the deb and rpm packages of it. packaging/make-packages makes them.
set(RUNNERIQ_MAINTAINER "RunnerIQ maintainers <runneriq@example.org>")
set(made ${PROJECT_BINARY_DIR}/packaging)  # by packaging/documents.py
set(kept ${PROJECT_SOURCE_DIR}/packaging)

# as_it_is(COMPONENT FOLDER file...) and as_named(COMPONENT FOLDER name file)
function(as_it_is component folder)
  install(FILES ${ARGN} DESTINATION ${folder} COMPONENT ${component})
endfunction()
function(as_named component folder name file)
  install(FILES ${file} DESTINATION ${folder} RENAME ${name} COMPONENT ${component})
endfunction()
function(documents component package)
  as_it_is(${component} share/doc/${package}
           ${made}/${package}/changelog.gz ${made}/${package}/copyright ${made}/${package}/${package}.spdx.json)
  if(EXISTS ${kept}/deb/${component}/lintian-overrides)
    as_named(${component} share/lintian/overrides ${package} ${kept}/deb/${component}/lintian-overrides)
  endif()
endfunction()
# Pages are written by hand or generated beforehand, and are all in docs/man.
function(man_pages component)
  foreach(page ${ARGN})
    string(REGEX REPLACE ".*\\." "" section ${page})
    install(FILES ${made}/man/${page}.gz DESTINATION share/man/man${section} COMPONENT ${component})
  endforeach()
endfunction()

# ---- runneriq-executor ----------------------------------------------------------------------------
install(TARGETS runneriq-executor DESTINATION bin COMPONENT executor)
documents(executor runneriq-executor)
man_pages(executor runneriq-executor.1)
as_it_is(executor share/doc/runneriq-executor/examples ${made}/config.toml ${kept}/examples/runneriq.yaml)
as_named(executor lib/tmpfiles.d runneriq-executor.conf ${kept}/runneriq-executor.tmpfiles)

# ---- runneriq -------------------------------------------------------------------------------------
set(units runneriq.service runneriq.socket runneriq-revert-expired.service runneriq-revert-expired.timer
          runneriq-relay.service)
list(TRANSFORM units PREPEND ${kept}/units/)
install(TARGETS runneriq DESTINATION bin COMPONENT scheduler)
documents(scheduler runneriq)
man_pages(scheduler runneriq.1 runneriq.yaml.5)
as_named(scheduler share/bash-completion/completions runneriq ${made}/completion/bash)
as_named(scheduler share/zsh/vendor-completions _runneriq ${made}/completion/zsh)
as_named(scheduler share/fish/vendor_completions.d runneriq.fish ${made}/completion/fish)
as_it_is(scheduler lib/systemd/system ${units})
as_named(scheduler lib/sysusers.d runneriq.conf ${kept}/runneriq.sysusers)
# To be copied to /etc/runneriq once. As files of the package there, they would go with it although the executor reads
# the same folder, and an executor's own would be asked about.
as_it_is(scheduler share/runneriq ${kept}/etc/runneriq.yaml ${kept}/etc/environment)

# ---- runneriq-demo --------------------------------------------------------------------------------
install(TARGETS runneriq-gitlab-sim DESTINATION bin COMPONENT demo)
documents(demo runneriq-demo)
man_pages(demo runneriq-gitlab-sim.1 runneriq-demo.1)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/demo/ DESTINATION share/runneriq-demo COMPONENT demo
        FILES_MATCHING PATTERN "*.py")
install(PROGRAMS ${kept}/runneriq-demo DESTINATION bin COMPONENT demo)

# ---- packages -------------------------------------------------------------------------------------
set(CPACK_GENERATOR "DEB;RPM")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_NAME runneriq)
set(CPACK_PACKAGE_VENDOR "RunnerIQ")
set(CPACK_PACKAGE_CONTACT ${RUNNERIQ_MAINTAINER})
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_COMPONENTS_ALL executor scheduler demo)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_RPM_COMPONENT_INSTALL ON)
set(CPACK_PRE_BUILD_SCRIPTS ${kept}/before-packing.cmake)

set(summary_of_executor "GitLab Runner custom executor that runs jobs in priority order")
set(CPACK_COMPONENT_EXECUTOR_DESCRIPTION
"Scores every job that a runner host accepts, lets those run first that
matter most, and runs their scripts in a sandbox. Waits are bounded and end
with the job running. It needs no service and no library: one static program,
which GitLab Runner calls as its custom executor.")
set(summary_of_scheduler "priority and carbon awareness for a fleet of GitLab CI runners")
set(CPACK_COMPONENT_SCHEDULER_DESCRIPTION
"Watches GitLab over its API, scores every pending job, recommends a runner
for each and explains both. It only advises unless it is told to steer, which
it does by tags of runners that always revert by themselves. It also tells
people of failures, and knows how clean the power of each runner is.")
set(summary_of_demo "demonstration of RunnerIQ on a simulated GitLab")
set(CPACK_COMPONENT_DEMO_DESCRIPTION
"A small GitLab with its rules, the runner protocol and faults on request, and
a demonstration of the scheduler and the executors with real jobs. All of it
runs on this host alone, without credentials.")

set(scripts ${made}/scripts)
file(GLOB_RECURSE script_sources RELATIVE ${kept} ${kept}/deb/*/p* ${kept}/rpm/*/p*)
foreach(script ${script_sources})
  set(VERSION ${PROJECT_VERSION})
  configure_file(${kept}/${script} ${scripts}/${script} @ONLY
                 FILE_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endforeach()

# ---- deb
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")  # else it is the first line of each
foreach(component executor scheduler demo)
  string(TOUPPER ${component} name)
  set(CPACK_DEBIAN_${name}_DESCRIPTION "${summary_of_${component}}\n${CPACK_COMPONENT_${name}_DESCRIPTION}")
  string(SUBSTRING "${summary_of_${component}}" 0 1 first)
  string(SUBSTRING "${summary_of_${component}}" 1 -1 rest)
  string(TOUPPER "${first}" first)
  set(CPACK_RPM_${name}_PACKAGE_SUMMARY "${first}${rest}")
  file(GLOB control ${scripts}/deb/${component}/p*)
  set(CPACK_DEBIAN_${name}_PACKAGE_CONTROL_EXTRA "${control}")
endforeach()
set(CPACK_DEBIAN_EXECUTOR_PACKAGE_NAME runneriq-executor)
set(CPACK_DEBIAN_EXECUTOR_PACKAGE_RECOMMENDS "bubblewrap, git, procps")
set(CPACK_DEBIAN_EXECUTOR_PACKAGE_SUGGESTS "runneriq, podman")
set(CPACK_DEBIAN_SCHEDULER_PACKAGE_NAME runneriq)
set(shared_libraries "libc6 (>= 2.34), libcurl4 (>= 7.74), libgcc-s1 (>= 3.0), libssl3 (>= 3.0.0)")
set(CPACK_DEBIAN_SCHEDULER_PACKAGE_DEPENDS
    "${shared_libraries}, systemd | systemd-standalone-sysusers | systemd-sysusers")
# An older one loads no folder of credentials. None at all, as in a container, is no obstacle.
set(CPACK_DEBIAN_SCHEDULER_PACKAGE_BREAKS "systemd (<< 250)")
set(CPACK_DEBIAN_SCHEDULER_PACKAGE_RECOMMENDS "ca-certificates, tzdata")
set(CPACK_DEBIAN_DEMO_PACKAGE_NAME runneriq-demo)
set(CPACK_DEBIAN_DEMO_PACKAGE_DEPENDS
    "${shared_libraries}, runneriq (= ${PROJECT_VERSION}), runneriq-executor (= ${PROJECT_VERSION}), \
python3 (>= 3.11), git")

# ---- rpm
set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE MIT)
set(CPACK_RPM_PACKAGE_GROUP "Development/Tools")
set(CPACK_RPM_PACKAGE_AUTOREQPROV " yes")
set(CPACK_RPM_COMPRESSION_TYPE xz)
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
    /usr/lib/systemd /usr/lib/systemd/system /usr/lib/sysusers.d /usr/lib/tmpfiles.d
    /usr/share/man /usr/share/man/man1 /usr/share/man/man5 /usr/share/bash-completion
    /usr/share/bash-completion/completions /usr/share/fish /usr/share/fish/vendor_completions.d /usr/share/zsh
    /usr/share/zsh/site-functions)
set(CPACK_RPM_CHANGELOG_FILE ${made}/changelog.rpm)
# Nothing is left to do for rpmbuild's own scripts. The same files and SOURCE_DATE_EPOCH give the same bytes.
set(CPACK_RPM_SPEC_INSTALL_POST /bin/true)
set(CPACK_RPM_SPEC_MORE_DEFINE [[
%define _build_id_links none
%define _buildhost runneriq
%define use_source_date_epoch_as_buildtime 1
%define clamp_mtime_to_source_date_epoch 1
%if "%{name}" == "runneriq-executor"
Recommends: bubblewrap, git, procps-ng
%endif
%if "%{name}" == "runneriq"
Recommends: ca-certificates, tzdata
%endif]])
foreach(script post postun preun)
  string(TOUPPER ${script} when)
  string(REPLACE "PREUN" "PRE_UNINSTALL" when ${when})
  string(REPLACE "POSTUN" "POST_UNINSTALL" when ${when})
  string(REGEX REPLACE "^POST$" "POST_INSTALL" when ${when})
  foreach(component executor scheduler)
    if(EXISTS ${kept}/rpm/${component}/${script})
      string(TOUPPER ${component} name)
      set(CPACK_RPM_${name}_${when}_SCRIPT_FILE ${scripts}/rpm/${component}/${script})
    endif()
  endforeach()
endforeach()
set(CPACK_RPM_EXECUTOR_PACKAGE_NAME runneriq-executor)
set(CPACK_RPM_SCHEDULER_PACKAGE_NAME runneriq)
set(CPACK_RPM_SCHEDULER_PACKAGE_REQUIRES_POST "systemd")
set(CPACK_RPM_SCHEDULER_PACKAGE_CONFLICTS "systemd < 250")
set(CPACK_RPM_DEMO_PACKAGE_NAME runneriq-demo)
set(CPACK_RPM_DEMO_PACKAGE_REQUIRES
    "runneriq = ${PROJECT_VERSION}, runneriq-executor = ${PROJECT_VERSION}, python3 >= 3.11, git")
include(CPack)
