// Internal header. For tests: what most of them are run with.
#pragma once

#include <string>
#include <tuple>

#include <gtest/gtest.h>

#include "tests/sockets/client.h"
#include "tests/sockets/server.h"

namespace nano::sockets {

inline std::string name_of(Transport transport) {
  switch (transport) {
    case Transport::tcp: return "Tcp";
    case Transport::tls: return "Tls";
    case Transport::websocket: return "WebSocket";
    case Transport::websocket_tls: return "WebSocketTls";
  }
  return "";
}

/// Run with each number of I/O threads.
class OnIoThreads : public ::testing::TestWithParam<unsigned> {
 protected:
  static unsigned io_threads() { return GetParam(); }
};

/// Run with each number of I/O threads over each transport.
class OverTransports : public ::testing::TestWithParam<std::tuple<unsigned, Transport>> {
 protected:
  static unsigned io_threads() { return std::get<0>(GetParam()); }
  static Transport transport() { return std::get<1>(GetParam()); }
};

inline std::string io_threads_name(const ::testing::TestParamInfo<unsigned>& info) {
  return "IoThreads" + std::to_string(info.param);
}
inline std::string transport_name(const ::testing::TestParamInfo<std::tuple<unsigned, Transport>>& info) {
  return name_of(std::get<1>(info.param)) + "IoThreads" + std::to_string(std::get<0>(info.param));
}

inline auto each_io_threads() { return ::testing::Values(0u, 1u, 2u); }
inline auto each_transport() {
  return ::testing::Combine(each_io_threads(), ::testing::ValuesIn(all_transports));
}

}  // namespace nano::sockets
