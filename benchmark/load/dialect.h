// Internal header. Dialect: how one kind of server is spoken to, as bytes; sockets and clocks are elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "benchmark/load/output_buffer.h"
#include "protocol/bytes.h"

namespace nano::benchmark {

enum class Transport { tcp, websocket };

/// The server broke the protocol, refused or said goodbye. The text is a sentence about "the server".
class DialectError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Told from within Dialect::read. What is written to the connection in these calls leaves after the read.
/// The receiver must neither destroy the dialect nor call its `read` from there.
class DialectEvents {
 public:
  virtual ~DialectEvents() = default;
  /// Once, before all others: requests and notifies may be written from now on.
  virtual void on_opened() = 0;
  /// `ok` is false when the server answered with an error. `payload` is valid during the call.
  virtual void on_answer(std::uint64_t id, bool ok, protocol::ByteView payload) = 0;
  /// `route`: the name of the push; empty in a dialect without names. Both views are valid during the call.
  virtual void on_push(std::string_view route, protocol::ByteView payload) = 0;
};

/// The conversation of one connection. One thread.
///
/// `read`, `write_request` and `write_notify` are what is measured: they should neither allocate for each
/// message nor copy more than once.
class Dialect {
 public:
  virtual ~Dialect() = default;

  /// Called before the connection is made, at `address` ("127.0.0.1:3250"); may block, for servers that want
  /// another request first (a seat, a token). Throws DialectError.
  virtual void prepare(const std::string& address) { (void)address; }

  /// Writes the first bytes of the conversation, once the connection is made.
  virtual void open(OutputBuffer& out) = 0;

  /// Takes bytes as they come from the socket, cut anywhere, and tells what they say. Writes to `out` what
  /// the protocol wants in return: steps of the handshake, pongs. Throws DialectError.
  virtual void read(protocol::ByteView input, OutputBuffer& out, DialectEvents& events) = 0;

  /// `id` is from 1 to below 2^31, and not that of another open request.
  virtual void write_request(OutputBuffer& out, std::string_view route, std::uint64_t id,
                             protocol::ByteView payload) = 0;
  virtual void write_notify(OutputBuffer& out, std::string_view route, protocol::ByteView payload) = 0;

  /// How often the server wants to hear from an idle client; 0: it does not care. Asked once, when opened.
  virtual double heartbeat_interval_s() const { return 0; }
  /// Called about twice in each interval. Not to be written in return for the server's: some servers answer
  /// each at once, which would never end.
  virtual void write_heartbeat(OutputBuffer& out) { (void)out; }
};

/// What a dialect is made for.
struct DialectSettings {
  std::string dialect = "nano";
  Transport transport = Transport::tcp;
  std::string path = "/nano";  ///< of the upgrade request, or of HTTP requests
  std::size_t body_bytes = 0;  ///< of each answer over HTTP
};

/// Throws std::invalid_argument, with a sentence that says what to change, for a dialect that does not exist
/// or that does not speak over this transport.
std::unique_ptr<Dialect> make_dialect(const DialectSettings& settings);

/// For help texts: "nano", "ws", ...
std::vector<std::string> dialect_names();

}  // namespace nano::benchmark
