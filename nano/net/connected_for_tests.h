// Internal header. For tests: a connection in memory, and a protocol that remembers what it was told.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "nano/net/memory_connection_for_tests.h"

namespace nano {

/// Remembers what it was told.
class Heard final : public ByteReceiver {
 public:
  struct Notes {
    std::string told;  ///< a letter each: Open, End, Malformed, Closed, Lost, Hung up
    std::string bytes;
    bool wants_bytes = true;
    bool awaits_last_word = false;
    bool is_sending = false;
    bool knows_what_to_do = false;
    std::string answer_in_plain = "";
    int drained = 0;
    int blocked = 0;
  };

  explicit Heard(Notes& notes) : notes_(notes) {}

  void on_open() override { notes_.told += 'O'; }
  void on_bytes(std::span<std::uint8_t> bytes) override { notes_.bytes.append(bytes.begin(), bytes.end()); }
  bool wants_bytes() const override { return notes_.wants_bytes; }
  void on_end_of_input() override { notes_.told += 'E'; }
  void on_malformed(const std::string&) override { notes_.told += 'M'; }
  void on_closed() override { notes_.told += 'C'; }
  void on_lost(std::string_view) override { notes_.told += 'L'; }
  void on_hung_up(bool is_lost) override { notes_.told += is_lost ? 'H' : 'h'; }
  void on_drained() override { ++notes_.drained; }
  void on_blocked() override { ++notes_.blocked; }
  bool on_deadline() override { return notes_.knows_what_to_do; }
  bool is_sending() const override { return notes_.is_sending; }
  bool awaits_last_word() const override { return notes_.awaits_last_word; }
  std::string answer_in_plain() const override { return notes_.answer_in_plain; }

 private:
  Notes& notes_;
};

/// A connection and its protocol.
struct Connected {
  explicit Connected(ConnectionOptions options = {})
      : connection(std::make_shared<MemoryConnection>(
            std::make_shared<const ConnectionOptions>(std::move(options)))) {
    connection->start(std::make_unique<Heard>(notes));
  }

  MemoryConnection* operator->() const { return connection.get(); }

  Heard::Notes notes;
  std::shared_ptr<MemoryConnection> connection;
};

}  // namespace nano
