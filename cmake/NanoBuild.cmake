# How everything is compiled, and the three functions that each folder's CMakeLists.txt is made of.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()

option(NANO_BUILD_TESTS "Build the tests" ON)
option(NANO_BUILD_EXAMPLES "Build the examples" ON)
option(NANO_BUILD_BENCHMARKS "Build the benchmarks" ON)
option(NANO_BUILD_FUZZERS "Build the libFuzzer targets (clang only)" OFF)
set(NANO_FUZZ_SECONDS 10 CACHE STRING "How long each fuzzer runs as a test")
set(NANO_TEST_SHARDS "" CACHE STRING "Processes for each test program; empty: one for each test case")
set(NANO_SANITIZE "" CACHE STRING "Sanitizers for all code, as for -fsanitize=: address,undefined or thread")

find_program(NANO_CCACHE ccache)
if(NANO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${NANO_CCACHE})
endif()
find_program(NANO_MOLD mold)
if(NANO_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

if(NANO_SANITIZE)
  add_compile_options(-fsanitize=${NANO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${NANO_SANITIZE})
endif()

set(NANO_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports moved-from coroutine state and alternatives of variants that it cannot rule out; and Asio's
  # memory fences, which the thread sanitizer does not see: nothing of ours relies on them.
  list(APPEND NANO_WARNINGS -Wno-maybe-uninitialized -Wno-restrict -Wno-tsan)
endif()
if(CMAKE_UNITY_BUILD)
  # Several sources as one: what is local to one of them is not shadowed or leaked where each stands alone.
  list(APPEND NANO_WARNINGS -Wno-shadow)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND NANO_WARNINGS -Wno-subobject-linkage)
  endif()
endif()

# nano_library(<target> [FUZZED] [DEPENDS <targets>] [PRIVATE_DEPENDS <targets>]): one static library of all
# sources of this folder (*.cpp without tests, fuzzers and programs). FUZZED: fuzzers are guided by its
# coverage (clang 14 cannot compile coroutines so).
function(nano_library target)
  cmake_parse_arguments(arg "FUZZED" "" "DEPENDS;PRIVATE_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *.cpp *.h)
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|main)\\.cpp$")
  add_library(${target} STATIC ${sources})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE CXX)
  target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR})
  target_compile_options(${target} PRIVATE ${NANO_WARNINGS})
  target_link_libraries(${target} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE_DEPENDS})
  if(NANO_BUILD_FUZZERS AND arg_FUZZED)
    target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  endif()
endfunction()

add_custom_target(programs)      # builds all programs, and of the test programs those that are PLAIN
add_custom_target(unit_tests)    # builds all test programs
add_custom_target(thread_tests)  # builds the test programs that use threads
add_custom_target(fuzzers)       # builds the fuzzers and what they need

# nano_test(<target> [THREADS] [PLAIN] [DEPENDS <targets>]): one GoogleTest program of all *_test.cpp of this
# folder. `./dev test` runs it with sanitizers. THREADS: it uses threads, so the thread sanitizer sees it too.
# PLAIN: it also runs without sanitizers, because there it does more (seeds) or only there it is built.
function(nano_test target)
  if(NOT NANO_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(arg "THREADS;PLAIN" "" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS *_test.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${target} ${sources})
  # Of tests the line numbers are enough; all there is to debug would take them half as long again to compile.
  target_compile_options(${target} PRIVATE ${NANO_WARNINGS} $<$<CONFIG:Debug>:-g1>)
  # Instrumented tests take longer to optimise than to run. Not with the thread sanitizer: libraries that it
  # does not see, such as gRPC, would call functions of headers that are then not inlined, and be reported.
  if(NANO_SANITIZE MATCHES "address")
    target_compile_options(${target} PRIVATE -O0)
  endif()
  target_compile_definitions(${target} PRIVATE NANO_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${target} PRIVATE ${arg_DEPENDS} GTest::gtest_main)
  add_dependencies(unit_tests ${target})
  set(label unit)
  if(arg_PLAIN)
    string(APPEND label -plain)
    add_dependencies(programs ${target})
  endif()
  if(arg_THREADS)
    string(APPEND label -threads)
    add_dependencies(thread_tests ${target})
  endif()
  if(NOT NANO_TEST_SHARDS)
    gtest_discover_tests(${target} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 120 LABELS ${label})
    return()
  endif()
  foreach(shard RANGE 1 ${NANO_TEST_SHARDS})
    math(EXPR index "${shard} - 1")
    set(report ${PROJECT_BINARY_DIR}/gtest/${target}_${shard}.xml)  # `./dev test` counts the cases in it
    add_test(NAME ${target}_${shard} COMMAND ${target} --gtest_brief=1 --gtest_output=xml:${report})
    set_tests_properties(${target}_${shard} PROPERTIES
      ENVIRONMENT "GTEST_TOTAL_SHARDS=${NANO_TEST_SHARDS};GTEST_SHARD_INDEX=${index}"
      TIMEOUT 300 LABELS ${label})
  endforeach()
endfunction()

# nano_program(<target> SOURCES <files> [DEPENDS <targets>]): an executable.
function(nano_program target)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${target} ${arg_SOURCES})
  target_compile_options(${target} PRIVATE ${NANO_WARNINGS})
  target_link_libraries(${target} PRIVATE ${arg_DEPENDS})
  add_dependencies(programs ${target})
endfunction()

# nano_fuzzer(<target> SOURCES <files> [DEPENDS <targets>]): a libFuzzer program, run briefly as a test.
function(nano_fuzzer target)
  if(NOT NANO_BUILD_FUZZERS)
    return()
  endif()
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  nano_program(${target} SOURCES ${arg_SOURCES} DEPENDS ${arg_DEPENDS})
  target_compile_options(${target} PRIVATE -fsanitize=fuzzer-no-link)
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers ${target})
  set(corpus ${CMAKE_CURRENT_BINARY_DIR}/${target}_corpus)  # what one run found, the next starts from
  file(MAKE_DIRECTORY ${corpus})
  math(EXPR timeout_s "${NANO_FUZZ_SECONDS} + 110")
  add_test(NAME ${target}
           COMMAND ${target} -max_total_time=${NANO_FUZZ_SECONDS} -max_len=4096 -timeout=10 ${corpus})
  set_tests_properties(${target} PROPERTIES LABELS fuzz TIMEOUT ${timeout_s})
endfunction()

include(NanoProto)
