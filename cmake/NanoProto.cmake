# nano_proto_library(<target> <files>): the C++ code that protoc makes of .proto files, as a static library.
# Include it by the file's path from the root: #include "nano/serialize/testdata/ping.pb.h".
function(nano_proto_library target)
  set(out ${CMAKE_CURRENT_BINARY_DIR}/${target})
  file(MAKE_DIRECTORY ${out})
  set(sources)
  foreach(file ${ARGN})
    cmake_path(ABSOLUTE_PATH file NORMALIZE OUTPUT_VARIABLE proto)
    cmake_path(RELATIVE_PATH proto BASE_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE name)
    cmake_path(REMOVE_EXTENSION name LAST_ONLY)
    add_custom_command(
      OUTPUT ${out}/${name}.pb.cc ${out}/${name}.pb.h
      COMMAND protobuf::protoc -I ${PROJECT_SOURCE_DIR} --cpp_out=${out} ${proto}
      DEPENDS ${proto}
      COMMENT "protoc ${name}.proto"
      VERBATIM)
    list(APPEND sources ${out}/${name}.pb.cc ${out}/${name}.pb.h)
  endforeach()
  # Our warnings are not for generated code: it is compiled without them and included as a system header.
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)  # all its sources use the same local names
  target_include_directories(${target} SYSTEM PUBLIC ${out})
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf)
endfunction()
