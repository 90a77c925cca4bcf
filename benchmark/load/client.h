// Internal header. Client: one connection to the server, from connecting to its end; scenarios derive from
// it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "benchmark/load/address.h"
#include "benchmark/load/dialect.h"
#include "benchmark/load/failures.h"
#include "benchmark/load/loop.h"

namespace nano::benchmark {

/// Each time the socket is ready it makes one read of up to 64 KiB and one write of all that this caused. A
/// client that fails closes, and tells it once. One thread; the references must outlive it.
class Client : public Ready, private DialectEvents {
 public:
  enum class State { idle, connecting, opening, open, closed };

  Client(Loop& loop, Failures& failures, const Address& address, const DialectSettings& settings)
      : loop_(loop), failures_(failures), address_(address), settings_(settings) {}
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  ~Client() override { close(); }

  /// Also again, once closed.
  void connect();
  /// Ends the connection without a word. Not to be called from the events below, but from after_read().
  void close();
  State state() const { return state_; }

  /// Sends a heartbeat if it is time for one. Reading does this too, so it is for clients that may get
  /// nothing to read.
  void keep_alive() {
    if (loop_.now() >= heartbeat_due_) send_heartbeat();
  }

  void on_ready(std::uint32_t events) final;

 protected:
  /// Once open; what they write leaves with flush(), which follows each read by itself. Outside of the events
  /// below, flush before another client writes.
  void write_request(std::string_view route, std::uint64_t id, protocol::ByteView payload) {
    dialect_->write_request(loop_.output(), route, id, payload);
  }
  void write_notify(std::string_view route, protocol::ByteView payload) {
    dialect_->write_notify(loop_.output(), route, payload);
  }
  void flush();

  Loop& loop() { return loop_; }
  Failures& failures() { return failures_; }

  /// The connection is open.
  virtual void opened() {}
  /// Unless overridden, fails: nothing was asked.
  void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) override;
  /// Unless overridden, ignores it.
  void on_push(std::string_view route, protocol::ByteView payload) override;
  /// After all events of a read; what they wrote is on its way.
  virtual void after_read() {}

 private:
  void on_opened() final;
  void on_connected();
  void on_readable();
  void send_heartbeat();
  void send_backlog();
  std::size_t send_some(protocol::ByteView bytes);
  void watch_for_writing(bool on);
  void fail(const std::string& sentence);

  Loop& loop_;
  Failures& failures_;
  const Address& address_;
  const DialectSettings& settings_;
  State state_ = State::idle;
  int socket_ = -1;
  std::unique_ptr<Dialect> dialect_;
  LoadClock::duration heartbeat_period_{};
  LoadClock::time_point heartbeat_due_ = LoadClock::time_point::max();
  OutputBuffer backlog_;  // what the socket did not take
};

}  // namespace nano::benchmark
