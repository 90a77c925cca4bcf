// Internal header. For the tests of sessions: a client that does what it is told, byte by byte, and a server
// with handlers of every temper.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "nano/testing/world.h"
#include "protocol/handshake.h"
#include "protocol/message.h"
#include "protocol/packet.h"

namespace nano {

using protocol::PacketType;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// A packet as the client saw it.
struct SeenPacket {
  PacketType type;
  std::string body;
};

/// Sends exactly what the test says, reads when the test asks, answers nothing by itself.
class RawClient {
 public:
  explicit RawClient(testing::World& world, std::size_t send_queue_bytes_max = limits::send_queue_bytes)
      : world_(world), wire_(std::make_shared<testing::MemoryWire>("192.0.2.1:1234", send_queue_bytes_max)) {
    server_ = world.app().connect(wire_);
  }
  ~RawClient() {
    if (!closed()) server_->on_lost("the test is over");
  }

  void send(protocol::ByteView bytes) {
    world_.app().scheduler().back_from_wait();
    const auto error = decoder_.feed_runs(bytes, [this](protocol::ByteView run) {
      if (!closed()) wire_->deliver(run, *server_);
    });
    if (error != protocol::PacketError::none) {
      end_with([error](WireReceiver& receiver) { receiver.on_malformed(protocol::to_string(error)); });
    }
    world_.settle();
  }
  /// What the server made wait and takes now.
  void send_on() {
    if (wire_->may_go_on()) wire_->go_on(*server_);
    world_.settle();
  }
  void packet(PacketType type, std::string_view body = "") {
    send(protocol::encode_packet(type, protocol::as_bytes(body)));
  }
  void handshake(std::string_view body = "{}") { packet(PacketType::handshake, body); }
  void open() {
    handshake();
    packet(PacketType::handshake_ack);
    take();
  }
  static protocol::Bytes request(std::uint64_t id, std::string_view route, std::string_view payload) {
    return data({.type = protocol::MessageType::request,
                 .id = id,
                 .route = route,
                 .payload = protocol::as_bytes(payload)});
  }
  static protocol::Bytes notify(std::string_view route, std::string_view payload) {
    return data(
        {.type = protocol::MessageType::notify, .route = route, .payload = protocol::as_bytes(payload)});
  }
  static protocol::Bytes data(const protocol::Message& message) {
    return protocol::encode_packet(PacketType::data, protocol::encode_message(message));
  }
  void half_close() {
    end_with([](WireReceiver& receiver) { receiver.on_end_of_input(); });
    world_.settle();
  }
  void vanish() {
    wire_->lose();
    end_with([](WireReceiver& receiver) { receiver.on_lost("cut off"); });
    world_.settle();
  }

  /// All packets that have come since the last call, and the answers to what the server made wait until they
  /// were taken.
  std::vector<SeenPacket> take() {
    std::vector<SeenPacket> seen;
    do {
      Frame frame;
      while (wire_->take(frame)) {
        protocol::for_each_packet(frame.packet(), [&](const protocol::Packet& packet) {
          seen.push_back({packet.type, std::string{protocol::as_text(packet.body)}});
        });
      }
    } while (goes_on());
    return seen;
  }
  /// The same as text: "heartbeat", "response 7 payload", "error 7 code", "push route payload", ...
  std::vector<std::string> take_texts() {
    std::vector<std::string> texts;
    for (const SeenPacket& packet : take()) texts.push_back(text_of(packet));
    return texts;
  }

  WireReceiver& server() { return *server_; }
  bool closed() const { return wire_->closed(); }
  const std::string& reason() const { return wire_->close_reason().code; }
  const std::string& detail() const { return wire_->close_reason().detail; }

 private:
  static std::string text_of(const SeenPacket& packet) {
    if (packet.type != PacketType::data) {
      return std::string{protocol::to_string(packet.type)} + (packet.body.empty() ? "" : " " + packet.body);
    }
    protocol::Message message;
    EXPECT_EQ(protocol::decode_message(protocol::as_bytes(packet.body), nullptr, message),
              protocol::MessageError::none);
    const std::string payload{protocol::as_text(message.payload)};
    if (message.type == protocol::MessageType::push)
      return "push " + std::string{message.route} + " " + payload;
    const auto error = protocol::parse_error(message.payload);
    return (message.is_error ? "error " : "response ") + std::to_string(message.id) + " " +
           (message.is_error ? (error ? error->code : "?") : payload);
  }

  bool goes_on() {
    bool any = false;
    for (; !closed() && wire_->take_drained(); any = true) server_->on_drained();
    any |= wire_->may_go_on();
    send_on();
    return any;
  }
  void end_with(testing::MemoryWire::Ending ending) {
    if (!closed()) wire_->deliver(std::move(ending), *server_);
  }

  testing::World& world_;
  std::shared_ptr<testing::MemoryWire> wire_;
  std::shared_ptr<WireReceiver> server_;
  protocol::PacketDecoder decoder_;
};

/// Handlers of every temper, on raw bytes.
class Desk final : public Component {
 public:
  static void routes(Routes<Desk>& on) {
    on.add<&Desk::echo>("Echo");
    on.add<&Desk::note>("Note");
    on.add<&Desk::slow>("Slow");
    on.add<&Desk::hold>("Hold");
    on.add<&Desk::push>("Push");
    on.add<&Desk::kick>("Kick");
    on.add<&Desk::close>("Close");
    on.push<std::string>("onPush");
  }
  std::string echo(const std::string& in) { return in; }
  void note(const std::string& in) { notes.push_back(in); }
  Task<std::string> slow(std::string in) {
    co_await sleep(seconds{1});
    co_return in;
  }
  void hold(Responder<std::string> responder) { held.push_back(std::move(responder)); }
  void push(Session& session, const std::string& in) { session.push("onPush", in); }
  void kick(Session& session, const std::string& in) { session.kick(in); }
  void close(Session& session) { session.close(); }

  std::vector<std::string> notes;
  std::vector<Responder<std::string>> held;
};

/// A world with a Desk, and a record of who opened and closed.
class SessionTest : public ::testing::Test {
 protected:
  explicit SessionTest(Options options = {})
      : world_(1, std::move(options)), desk_(world_.app().add<Desk>()) {
    const auto opened = [this](Session& s) { events_.push_back("opened " + std::to_string(s.id())); };
    world_.app().on_session_opened(opened).detach();
    const auto closed = [this](Session& s) {
      events_.push_back("closed " + std::to_string(s.id()) + " " + s.close_reason());
    };
    world_.app().on_session_closed(closed).detach();
  }

  using Texts = std::vector<std::string>;

  std::vector<std::string> events_;  // first: callbacks write into it until the world has ended
  testing::World world_;
  Desk& desk_;
};

}  // namespace nano
