# portcullis_embed(LAYER NAME DIR PATTERN): every file below DIR that matches, as bytes in the program.
# Read through `embedded::NAME()` of "base/embedded.h": path below DIR -> content. Nothing is read from the
# file system at run time (PROTO-813).
function(portcullis_embed layer name dir pattern)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${dir} ${dir}/${pattern})
  list(SORT files)
  set(out ${CMAKE_BINARY_DIR}/embedded/${name}.cpp)
  set(inputs "")
  set(blobs "")
  set(rows "")
  set(index 0)
  foreach(file IN LISTS files)
    string(APPEND blobs "__asm__(\".section .rodata\\n.global portcullis_${name}_${index}\\n.global portcullis_${name}_${index}_end\\n"
                        "portcullis_${name}_${index}:\\n.incbin \\\"${dir}/${file}\\\"\\nportcullis_${name}_${index}_end:\\n.byte 0\\n.previous\\n\");\n"
                        "extern \"C\" const char portcullis_${name}_${index}[], portcullis_${name}_${index}_end[];\n")
    string(APPEND rows "        {\"${file}\", {portcullis_${name}_${index}, portcullis_${name}_${index}_end}},\n")
    list(APPEND inputs ${dir}/${file})
    math(EXPR index "${index}+1")
  endforeach()
  file(GENERATE OUTPUT ${out} CONTENT "#include \"base/embedded.h\"\n${blobs}
namespace portcullis::embedded {
const Files& ${name}() {
    static const Files files{
${rows}    };
    return files;
}
}  // namespace portcullis::embedded
")
  set_source_files_properties(${out} PROPERTIES OBJECT_DEPENDS "${inputs}" COMPILE_OPTIONS "-Wno-overlength-strings")
  add_library(portcullis_embedded_${name} STATIC ${out})
  target_include_directories(portcullis_embedded_${name} PRIVATE ${CMAKE_SOURCE_DIR}/src)
  # .incbin is invisible to ccache's preprocessor mode: compile this one file without it.
  set_target_properties(portcullis_embedded_${name} PROPERTIES CXX_COMPILER_LAUNCHER "")
  get_target_property(kind portcullis_${layer} TYPE)
  if(kind STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(portcullis_${layer} INTERFACE portcullis_embedded_${name})
  else()
    target_link_libraries(portcullis_${layer} PUBLIC portcullis_embedded_${name})
  endif()
endfunction()
