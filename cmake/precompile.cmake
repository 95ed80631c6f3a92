# portcullis_precompile(OWNER HEADER...): headers parsed once, for OWNER and for all that say portcullis_precompiled(TARGET OWNER).
#
# ccache cannot compare the precompiled headers of two checkouts: they hold paths. What they are made of is the same when the
# text of the list, the packages the headers come from and the compiler are; that is their checksum (ccache, "Precompiled
# headers").
execute_process(COMMAND dpkg-query -W libstdc++-12-dev libboost1.81-dev libfmt-dev catch2 clang-16
                OUTPUT_VARIABLE PORTCULLIS_HEADER_PACKAGES ERROR_QUIET)
add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
# CMake also names the header that the parsed headers were made of, by its absolute path, which ccache takes as it is: no two
# checkouts would share a thing. The parsed headers alone say the same.
set(CMAKE_CXX_COMPILE_OPTIONS_USE_PCH -Xclang -include-pch -Xclang <PCH_FILE>)

function(portcullis_precompile owner)
  target_precompile_headers(${owner} PRIVATE ${ARGN})
  set(text "${PORTCULLIS_HEADER_PACKAGES}")
  foreach(header IN LISTS ARGN)
    string(APPEND text "${header}\n")
    if(EXISTS ${header})
      file(READ ${header} content)
      string(REPLACE "${header}\n" "${content}" text "${text}")
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${header})
    endif()
  endforeach()
  string(SHA256 sum "${text}")
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${owner}.dir/cmake_pch.hxx.pch.sum CONTENT "${sum}\n")
endfunction()

function(portcullis_precompiled target owner)
  target_precompile_headers(${target} REUSE_FROM ${owner})
endfunction()
