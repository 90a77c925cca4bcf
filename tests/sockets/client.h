// Internal header. For tests: a client that speaks the protocol over any of the transports, well or badly.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/message.h"
#include "protocol/packet.h"
#include "tests/sockets/server.h"
#include "tests/sockets/socket.h"
#include "tests/sockets/websocket_frames.h"

namespace nano::sockets {

struct Packet {
  protocol::PacketType type;
  std::string body;
};

/// A response or push.
struct Message {
  protocol::MessageType type;
  std::uint64_t id;
  std::string route;
  std::string payload;
  bool is_error;
};

// Packets as they go over the wire.
std::string packet(protocol::PacketType type, std::string_view body = {});
std::string request_packet(std::uint64_t id, std::string_view route, std::string_view payload = {});
std::string notify_packet(std::string_view route, std::string_view payload = {});
/// Handshake and acknowledgement.
std::string opening();

class Client {
 public:
  /// Connects, and over WebSocket upgrades.
  Client(Server& server, Transport transport);

  /// Handshake, the server's answer, acknowledgement. Returns *this.
  Client& open();

  /// Sends a run of packets, over WebSocket as one message.
  bool send(std::string_view packets);
  /// Sends bytes as they are.
  bool send_raw(std::string_view bytes) { return socket_.send(bytes); }

  /// The next packet; none when the connection has ended (how() says how) or nothing comes.
  std::optional<Packet> next_packet();
  /// The next response or push; heartbeats and handshakes are passed over.
  std::optional<Message> next_message();
  /// Sends a request and takes the next message as its answer. Throws if none comes or it answers another
  /// one.
  Message request(std::string_view route, std::string_view payload = {});
  /// Whether Echo answers: all is well.
  bool echoes(std::string_view payload = "are you there?");

  /// Reads on until the connection ends, dropping what comes.
  Received read_to_end();
  Received how() const { return socket_.last(); }
  /// The payload of the close frame: its code; 0 without one.
  int close_code() const { return close_code_; }
  /// Whether a close frame is answered; by default, as clients do.
  void answer_close(bool answer) { answers_close_ = answer; }

  Socket& socket() { return socket_; }

 private:
  void upgrade();
  bool receive();
  void on_bytes(std::string_view bytes);
  void on_close_frame(const ServerFrame& close);

  bool websocket_;
  Socket socket_;
  ServerFrameReader frames_;
  protocol::PacketDecoder decoder_{protocol::packet_body_bytes_max_wire};
  std::deque<Packet> packets_;
  std::uint64_t next_id_ = 1;
  int close_code_ = 0;
  bool answers_close_ = true;
};

}  // namespace nano::sockets
