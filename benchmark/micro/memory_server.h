// Internal header. MemoryServer: an application without sockets and threads, and clients that are bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "benchmark/micro/null_wire.h"
#include "nano/application/application.h"
#include "nano/base/clock.h"
#include "nano/base/worker_pool.h"
#include "nano/scheduler/driver.h"
#include "protocol/packet.h"

namespace nano::benchmark {

/// The server's side of one client: from the bytes that a socket would read to the frames that it would
/// write.
class MemoryClient {
 public:
  /// `app` outlives the client.
  explicit MemoryClient(Application& app);
  /// The connection is lost, if it is not closed.
  ~MemoryClient();
  MemoryClient(const MemoryClient&) = delete;
  MemoryClient& operator=(const MemoryClient&) = delete;

  /// Handshake and acknowledgement.
  void open();
  /// As a socket without an I/O thread hands over what it has read.
  void receive(protocol::ByteView bytes) {
    (void)decoder_.feed_runs(bytes, [this](protocol::ByteView run) {
      scheduler_.run_now([this, run] {
        TurnShare share;
        server_->on_packets(run, share);
      });
    });
  }
  const NullWire& wire() const { return *wire_; }
  /// The payload of the response or push that was sent last; empty if the last was no such thing or an error.
  std::string last_payload() const;

 private:
  Scheduler& scheduler_;
  std::shared_ptr<NullWire> wire_;
  std::shared_ptr<WireReceiver> server_;
  protocol::PacketDecoder decoder_;
};

/// On the machine's clock, since reading it is part of the work. The calling thread is the logic thread.
class MemoryServer {
 public:
  MemoryServer();
  ~MemoryServer();
  MemoryServer(const MemoryServer&) = delete;
  MemoryServer& operator=(const MemoryServer&) = delete;

  Application& app() { return app_; }
  /// After the components are added.
  void start() { app_.start(); }

 private:
  SystemClock clock_;
  ManualDriver driver_;
  InlineWorkers workers_;
  Application app_;
};

/// A request as it comes from a client.
protocol::Bytes request_packet(std::uint64_t id, std::string_view route, std::string_view payload);

}  // namespace nano::benchmark
