// Public header. Client: a client of the test world, speaking the real protocol.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "nano/base/result.h"
#include "nano/serialize/serializer.h"
#include "nano/session/session_host.h"
#include "nano/testing/memory_wire.h"
#include "protocol/handshake.h"
#include "protocol/message.h"
#include "protocol/packet.h"

namespace nano::testing {

class World;

/// A push that has arrived.
struct Push {
  std::string route;
  std::string payload;

  template <class T>
  Result<T> as(const PayloadCodec& codec) const {
    return codec.decode<T>(protocol::as_bytes(payload));
  }
};

/// Made by World::connect(). Same thread as the world.
class Client {
 public:
  Client(World& world, std::shared_ptr<MemoryWire> wire);
  /// As vanish(). The world may be gone already.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // -- what players do -------------------------------------------------------------------------------------

  /// Sends a request and runs the world until nothing is due. The answer; or the server's error; or `timeout`
  /// if none has come (it may later: see response()).
  template <class Reply, class T>
  Result<Reply> request(std::string_view route, const T& payload) {
    const std::uint64_t id = send_request(route, payload);
    settle();
    return take_reply<Reply>(id);
  }
  /// Only sends; returns the request's id.
  template <class T>
  std::uint64_t send_request(std::string_view route, const T& payload) {
    const std::uint64_t id = next_id_++;
    send_message({.type = protocol::MessageType::request, .id = id, .route = route}, encode(payload));
    return id;
  }
  /// The answer to a request sent before, once.
  template <class Reply>
  Result<Reply> take_reply(std::uint64_t id) {
    std::optional<Response> response = take_response(id);
    if (!response) return Error{Errc::timeout, "No answer to request " + std::to_string(id) + " has come."};
    if (response->is_error) return error_of(*response);
    return codec().decode<Reply>(protocol::as_bytes(response->payload));
  }
  template <class T>
  void notify(std::string_view route, const T& payload) {
    send_message({.type = protocol::MessageType::notify, .route = route}, encode(payload));
    settle();
  }
  /// The next push that has not been taken, whatever its route; none if there is none.
  std::optional<Push> next_push();
  /// The next push of this route, skipping (and dropping) others; decoded. Throws std::runtime_error if there
  /// is none.
  template <class T>
  T expect_push(std::string_view route) {
    while (std::optional<Push> push = next_push()) {
      if (push->route != route) continue;
      Result<T> decoded = push->as<T>(codec());
      if (!decoded) throw std::runtime_error("push " + push->route + ": " + decoded.error().message);
      return std::move(*decoded);
    }
    throw std::runtime_error("no push " + std::string{route} + " has arrived");
  }
  void drop_pushes() { pushes_.clear(); }
  /// Ends the client's side in an orderly way; what the server still answers to earlier requests arrives.
  void close();
  /// Is cut off: neither side hears of the other any more.
  void vanish();

  // -- what has come back ----------------------------------------------------------------------------------

  /// The server's handshake answer, once it has come.
  const std::optional<protocol::ServerHandshakeDocument>& handshake() const { return handshake_; }
  bool connected() const { return acknowledged_ && !closed(); }
  bool closed() const { return wire_->closed(); }
  /// Why the server closed: CloseReason::code.
  const std::string& close_reason() const { return wire_->close_reason().code; }
  /// The body of the kick packet, if one came.
  const std::optional<std::string>& kick() const { return kick_; }
  std::size_t heartbeats() const { return heartbeats_; }

  // -- bytes and packets, for tests of bad input -----------------------------------------------------------

  void send_handshake(std::string_view body);
  void send_packet(protocol::PacketType type, protocol::ByteView body = {});
  /// `payload` is sent as it is.
  void send_message(protocol::Message message, std::string_view payload);
  /// Whole packets go in chunks as the world's seed says; bytes that are no packets, too.
  void send_bytes(protocol::ByteView bytes);
  /// Answers heartbeats with heartbeats, as clients do; on by default.
  void answer_heartbeats(bool answer) { answers_heartbeats_ = answer; }
  /// Stops taking what the server sends.
  void stop_reading() { reads_ = false; }
  /// From now on the line to this client carries only what carry() lets through.
  void be_slow() { wire_->be_slow(); }
  /// Lets the line carry so many more bytes, and takes the packets that are whole then.
  void carry(std::size_t bytes);

 private:
  friend class World;

  struct Response {
    std::string payload;
    bool is_error;
  };

  const PayloadCodec& codec() const;
  template <class T>
  std::string encode(const T& payload) const {
    std::string bytes;
    encode_payload(codec(), payload, bytes);
    return bytes;
  }
  void settle();
  void end_with(MemoryWire::Ending ending);
  /// Takes what the server has sent. True: there was something.
  bool read();
  void on_packet(const protocol::Packet& packet);
  void on_message(protocol::ByteView body);
  std::optional<Response> take_response(std::uint64_t id);
  static Error error_of(const Response& response);

  World& world_;
  std::shared_ptr<MemoryWire> wire_;
  std::shared_ptr<WireReceiver> server_;  // null once either side has closed
  protocol::PacketDecoder to_server_;     // the server's: with its limit
  std::optional<protocol::ServerHandshakeDocument> handshake_;
  std::optional<std::string> kick_;
  std::map<std::uint64_t, std::deque<Response>> responses_;
  std::deque<Push> pushes_;
  std::uint64_t next_id_ = 1;
  std::size_t heartbeats_ = 0;
  bool acknowledged_ = false;
  bool sent_all_ = false;
  bool answers_heartbeats_ = true;
  bool reads_ = true;
};

}  // namespace nano::testing
