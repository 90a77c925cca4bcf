// Internal header. LoadConnection: a client that keeps a number of requests open.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/packet.h"

namespace nano::benchmark {

using LoadClock = std::chrono::steady_clock;

/// What all connections have seen together.
struct LoadCounts {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;  ///< answered with an error, or not with what was sent
  bool measures = false;     ///< whether latencies are kept
  std::vector<std::uint32_t> latencies_us;
};

/// One TCP client of a gate: each answer makes room for the next request (a closed loop). One thread.
class LoadConnection {
 public:
  /// Connects and shakes hands, blocking. `route`, `payload` and `counts` must outlive it. Throws
  /// std::runtime_error.
  LoadConnection(const std::string& address, const std::string& route, const std::string& payload,
                 unsigned in_flight, LoadCounts& counts);
  LoadConnection(const LoadConnection&) = delete;
  LoadConnection& operator=(const LoadConnection&) = delete;
  ~LoadConnection();

  int descriptor() const { return socket_; }
  /// Sends the first requests.
  void start();
  /// Reads what is there, and sends a request for each answer. Throws std::runtime_error when the gate closed
  /// the connection or broke the protocol.
  void on_readable();

 private:
  void exchange(protocol::PacketType sent, protocol::PacketType awaited);
  void on_packet(const protocol::Packet& packet);
  void write_request(std::uint64_t id);
  void flush();

  const std::string& route_;
  const std::string& payload_;
  LoadCounts& counts_;
  int socket_;
  protocol::PacketDecoder decoder_;
  std::vector<std::uint8_t> outgoing_;

  struct OpenRequest {
    std::uint64_t id = 0;
    LoadClock::time_point sent;
  };
  std::vector<OpenRequest> open_;  // the request with id N is at N modulo the size
};

}  // namespace nano::benchmark
