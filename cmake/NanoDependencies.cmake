# The libraries Nano stands on, as Debian 12 installs them (see docs/architecture.md for why each).

find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Protobuf REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(Boost 1.81 REQUIRED)  # headers only: JSON, Describe, mp11
if(NANO_BUILD_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

find_path(ASIO_INCLUDE_DIR asio.hpp REQUIRED)
add_library(nano_asio INTERFACE)
target_include_directories(nano_asio SYSTEM INTERFACE ${ASIO_INCLUDE_DIR})
target_compile_definitions(nano_asio INTERFACE ASIO_STANDALONE ASIO_NO_DEPRECATED)
# Asio asks which C library and which aligned_alloc() there are, and finds neither where an Asio
# header is the first of a file: such files would disagree with the others about how memory is freed and how
# timers wait.
target_compile_options(nano_asio INTERFACE "SHELL:-include version")
target_link_libraries(nano_asio INTERFACE Threads::Threads)

find_path(WEBSOCKETPP_INCLUDE_DIR websocketpp/processors/hybi13.hpp REQUIRED)
add_library(nano_websocketpp INTERFACE)
target_include_directories(nano_websocketpp SYSTEM INTERFACE ${WEBSOCKETPP_INCLUDE_DIR})
target_compile_definitions(nano_websocketpp INTERFACE _WEBSOCKETPP_CPP11_STL_)
target_link_libraries(nano_websocketpp INTERFACE nano_asio)

# Boost.JSON is built from its header-only form, once, in cmake/boost_json.cpp.
add_library(nano_boost_json STATIC ${CMAKE_CURRENT_LIST_DIR}/boost_json.cpp)
target_include_directories(nano_boost_json SYSTEM PUBLIC ${Boost_INCLUDE_DIRS})

# Without gRPCConfig.cmake, which demands the generator of stubs (a package of its own): nothing here uses it.
find_path(GRPCPP_INCLUDE_DIR grpcpp/grpcpp.h REQUIRED)
find_library(GRPCPP_LIBRARY grpc++ REQUIRED)
find_library(GRPC_LIBRARY grpc REQUIRED)
find_library(GPR_LIBRARY gpr REQUIRED)
find_package(absl REQUIRED)  # for the mutexes in gRPC's headers
add_library(nano_grpc INTERFACE)
target_include_directories(nano_grpc SYSTEM INTERFACE ${GRPCPP_INCLUDE_DIR})
target_link_libraries(nano_grpc INTERFACE ${GRPCPP_LIBRARY} ${GRPC_LIBRARY} ${GPR_LIBRARY}
                      absl::synchronization Threads::Threads)
