#include "nano/session/connection.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "nano/session/call.h"
#include "nano/session/inflate.h"
#include "nano/session/message_frame.h"
#include "nano/session/route.h"
#include "nano/session/shared_push.h"
#include "protocol/handshake.h"
#include "protocol/limits.h"
#include "protocol/surrogates.h"
#include "protocol/utf8.h"

namespace nano {

using protocol::MessageType;
using protocol::PacketType;

struct Connection::SendingWatch {
  std::uint64_t taken = 0;  // by the client, when the watch began or looked last
  Timer timer = {};
};

struct Connection::Inflating {
  explicit Inflating(std::size_t bytes_per_second) : budget(bytes_per_second) {}

  InflateBudget budget;
  Timer wait = {};
};

std::shared_ptr<Connection> Connection::open(SessionHost& host, std::shared_ptr<Wire> wire) {
  auto connection = std::make_shared<Connection>(host, std::move(wire));
  connection->restart_handshake_timer();
  return connection;
}

Connection::Connection(SessionHost& host, std::shared_ptr<Wire> wire)
    : host_(host),
      wire_(std::move(wire)),
      last_received_(host.scheduler().now()),
      life_(host.scheduler().listened()) {
  place_ = host_.connections.insert(host_.connections.end(), this);
}

Connection::~Connection() {
  if (state_ == State::closed) return;
  host_.connections.erase(place_);
  if (session_) session_->detach("connection_lost", was_opened_);  // the wire went without a word
}

// -- what the wire tells -----------------------------------------------------------------------------------

std::size_t Connection::on_packets(protocol::ByteView packets, TurnShare& share) {
  const Scheduler& scheduler = host_.scheduler();
  last_received_ = scheduler.now();
  life_.heard(scheduler.listened());
  const std::uint8_t* end = packets.data();  // of what is taken
  protocol::for_each_packet(packets, [&](const protocol::Packet& packet) {
    if (share.packets == 0) return false;
    on_packet(packet, share);
    if (share.waits != Wait::no) return false;  // with this packet
    end = packet.body.data() + packet.body.size();
    if (share.packets > 0) --share.packets;
    // A handshake makes the server parse, ask the application and send its dictionary: it is a turn's work.
    if (packet.type == PacketType::handshake || scheduler.noted_at() >= share.until) share.packets = 0;
    if (state_ == State::closed || refusing_) return false;
    if (!sending_watch_ || !wire_->over_budget()) return true;
    share.waits = Wait::for_client;  // who does not take its answers is not answered more for now
    return false;
  });
  if (state_ == State::closed || refusing_) return packets.size();  // nothing more is listened to
  return static_cast<std::size_t>(end - packets.data());
}

void Connection::on_packet(const protocol::Packet& packet, TurnShare& share) {
  switch (packet.type) {
    case PacketType::handshake: return on_handshake(packet.body);
    case PacketType::handshake_ack: return on_handshake_ack();
    case PacketType::data: return on_data(packet.body, share);
    case PacketType::heartbeat: return;  // that it came is all it says
    case PacketType::kick: return;       // only servers kick
  }
}

void Connection::on_handshake(protocol::ByteView body) {
  // A second handshake takes an open connection back. The time limit runs from then, not from each further
  // one: who only ever repeats the handshake must not stay.
  const bool is_first = state_ == State::awaiting_handshake || state_ == State::working;
  if (state_ == State::working) restart_handshake_timer();
  state_ = State::validating;
  if (!session_) {
    const SessionId id = host_.sessions.next_id();
    session_ = std::make_shared<Session>(host_, id, *this);
    host_.sessions.insert(id, session_);
  }
  auto document = protocol::parse_client_handshake(body);
  if (!document) return refuse_handshake(protocol::handshake_code_refused, document.error().message);
  traits_ = protocol::traits_of(*document);
  sent_route_code_ = false;

  const Handshake handshake{document->type, document->version, std::move(document->user_json)};
  std::optional<HandshakeAnswer> answer;
  host_.scheduler().run_now([&] { answer = host_.events().on_handshake(*session_, handshake); },
                            "handshake validator", session_->id());
  if (state_ == State::closed) return;
  if (!answer) return refuse_handshake(protocol::handshake_code_refused, "The server failed.");
  if (answer->code() != protocol::handshake_code_ok)
    return refuse_handshake(answer->code(), answer->message());

  protocol::ServerHandshake reply;
  reply.heartbeat_s = std::chrono::duration<double>(heartbeat_interval()).count();
  reply.server_time_s =
      std::chrono::duration_cast<std::chrono::seconds>(host_.scheduler().wall_time().time_since_epoch())
          .count();
  reply.dict_json = host_.dictionary_json();
  reply.serializer = host_.codec().serializer().name();
  reply.user_json = answer->user_json();
  const std::string encoded = protocol::encode(reply);
  if (encoded.size() > protocol::packet_body_bytes_max_wire) {
    host_.log()
        .limited(wire_->remote_address())
        .error("the handshake's answer is too large for the wire format",
               {{"session", session_->id()}, {"bytes", encoded.size()}});
    return refuse_handshake(protocol::handshake_code_refused, "The server failed.");
  }
  state_ = State::awaiting_ack;
  send(make_frame(PacketType::handshake, protocol::as_bytes(encoded)));
  if (!is_first) return;
  measure([](Connection& self, const WireProgress& progress) { self.life_.answered(progress); });
}

void Connection::refuse_handshake(int code, std::string message) {
  protocol::ServerHandshake reply;
  reply.code = code;
  reply.message = message;
  send(make_frame(PacketType::handshake, protocol::as_bytes(protocol::encode(reply))));
  close(WireClose::flush, {"handshake_refused", std::move(message)});
}

void Connection::on_handshake_ack() {
  if (state_ == State::working) return;
  if (state_ == State::awaiting_handshake) return protocol_error("handshake-ack before the handshake");
  state_ = State::working;
  life_ = SignsOfLife{host_.scheduler().listened()};
  send(host_.heartbeat_frame());
  next_heartbeat_ = last_received_ + heartbeat_interval();
  schedule_next_check();
  if (std::exchange(was_opened_, true)) return;
  host_.scheduler().run_now([this] { host_.events().on_opened(*session_); });
}

void Connection::on_data(protocol::ByteView body, TurnShare& share) {
  if (state_ != State::working) return protocol_error("data before the acknowledged handshake");
  protocol::Message message;
  const protocol::MessageError error = protocol::decode_message(body, &host_.dictionary(), message);
  if (error != protocol::MessageError::none) return protocol_error(std::string{protocol::to_string(error)});
  if (message.type != MessageType::request && message.type != MessageType::notify) return;
  std::string joined;
  if (message.route_code) {
    sent_route_code_ = true;
  } else if (!protocol::is_ascii(message.route)) {
    message.route = joined = protocol::join_surrogates(message.route);
  }
  if (message.payload_deflated && begins_deflated(message.payload)) return on_deflated(message, share);
  InboundPayload payload{message.payload};
  host_.events().on_message(*session_, message, payload, Reach::cluster);
}

void Connection::on_deflated(const protocol::Message& message, TurnShare& share) {
  if (!host_.options.inflate) {
    return refuse_deflated(message, {Errc::bad_payload, "This server takes no compressed payloads."});
  }
  if (!inflating_) {
    inflating_ = std::make_unique<Inflating>(host_.options.inflated_bytes_max);
  }
  const TimePoint now = host_.scheduler().now();
  if (const Duration wait = inflating_->budget.wait(now); wait > Duration::zero()) {
    share.waits = Wait::for_receiver;
    inflating_->wait = host_.scheduler().after(wait, [this] { wire_->resume(); });
    return;
  }
  // What is free of charge goes on when nothing is left of the budget of all.
  const std::size_t bytes_max = host_.options.inflated_bytes_max;
  const std::size_t allowed = host_.inflating->allowed(now, message.payload.size(), bytes_max);
  InboundPayload payload{message.payload, allowed};
  host_.events().on_message(*session_, message, payload, Reach::cluster);
  const std::size_t inflated = payload.inflated_bytes();
  inflating_->budget.spend(now, message.payload.size(), inflated);
  host_.inflating->spend(now, message.payload.size(), inflated);
  share.packets -= std::min<std::uint32_t>(
      share.packets, static_cast<std::uint32_t>(inflated / limits::inflated_bytes_per_packet));
  if (!payload.is_too_large() || state_ == State::closed) return;
  allowed < bytes_max
      ? refuse_deflated(message, {Errc::unavailable, "Too much is being inflated at the moment."})
      : protocol_error("payload inflates beyond the limit");
}

void Connection::refuse_deflated(const protocol::Message& message, const Error& why) {
  if (message.type == MessageType::request) Call{host_, *session_, message.route, message.id}.fail(why);
}

void Connection::on_malformed(std::string_view what) { protocol_error(std::string{what}); }

void Connection::on_end_of_input() {
  const auto self = shared_from_this();
  if (session_ && state_ == State::working) {
    session_->close_when_answered();
  } else {
    close(WireClose::flush, {"client_closed", ""});
  }
}

void Connection::on_drained() {
  if (session_) session_->on_drained();
}

void Connection::on_lost(std::string_view why) {
  close(WireClose::drop, {"connection_lost", std::string{why}});
}

void Connection::protocol_error(std::string detail) {
  close(WireClose::flush, {"protocol_error", std::move(detail)});
}

// -- what the session says ---------------------------------------------------------------------------------

void Connection::push(std::string_view route, protocol::ByteView payload) { push_latest({}, route, payload); }

void Connection::push_latest(std::string_view key, std::string_view route, protocol::ByteView payload) {
  protocol::Message message;
  message.type = MessageType::push;
  message.route = route;
  message.payload = payload;
  send_message(message, key);
}

void Connection::respond(std::uint64_t id, protocol::ByteView payload, bool is_error) {
  protocol::Message message;
  message.type = MessageType::response;
  message.id = id;
  message.is_error = is_error;
  message.payload = payload;
  send_message(message, {});
}

/// The one way out of messages that are not shared.
void Connection::send_message(protocol::Message& message, std::string_view latest_key) {
  // Before the handshake is answered no client understands a push.
  if (state_ == State::closed || state_ == State::validating) return;
  if (host_.outbound && !message.is_error) return send_filtered(message, latest_key);
  send_encoded(message, latest_key);
}

void Connection::send_filtered(protocol::Message& message, std::string_view latest_key) {
  const auto self = shared_from_this();  // a filter may close the session
  const std::string copy{
      protocol::as_text(message.payload)};  // filters may use the scratch buffer that it lies in
  PipelineMessage draft{message.type, message.id, message.route, protocol::as_bytes(copy)};
  const Result<void> passed = host_.outbound->filter(*session_, draft);
  if (state_ == State::closed) return;
  std::string document;
  if (passed) {
    if (message.type == MessageType::push) require_utf8_route(draft.route());
    message.route = draft.route();
    message.payload = draft.payload();
  } else if (message.type == MessageType::response) {
    document = error_document(passed.error());
    message.payload = protocol::as_bytes(document);
    message.is_error = true;
  } else {
    host_.log_for(session_.get())
        .debug("push refused by the pipeline",
               {{"session", session_->id()}, {"route", message.route}, {"code", passed.error().code}});
    return;
  }
  send_encoded(message, latest_key);
}

void Connection::send_encoded(protocol::Message& message, std::string_view latest_key) {
  message.is_error = message.is_error && traits_.takes_error_bit;
  if (message.type == MessageType::push && takes_route_codes()) {
    message.route_code = host_.dictionary().find_code(message.route);
  }
  send(make_frame(message, latest_key));
}

bool Connection::deliver(SharedPush& push) {
  if (state_ != State::closed && state_ != State::validating) send(push.frame(takes_route_codes()));
  return true;
}

void Connection::send(const Frame& frame) {
  host_.scheduler().assert_logic_thread();  // everything an application sends comes through here
  if (state_ == State::closed || refusing_) return;
  switch (wire_->send(frame)) {
    case SendStatus::queued: return;
    case SendStatus::over_budget: return watch_sending();
    case SendStatus::too_much_for_client:
      return stop_sending("with this message more than " + std::to_string(limits::client_queue_bytes_most) +
                          " bytes would wait for it");
    case SendStatus::too_much_for_process:
      return stop_sending(std::to_string(wire_->queued_bytes()) +
                          " bytes wait for it, more than its share of what may wait for all clients");
  }
}

/// Closed in a task of its own: whoever is sending may be walking a group that this session belongs to.
void Connection::stop_sending(std::string detail) {
  refusing_ = true;
  host_.scheduler().post([self = shared_from_this(), detail = std::move(detail)]() mutable {
    self->close(WireClose::drop, {"backpressure", std::move(detail)});
  });
}

void Connection::watch_sending() {
  if (sending_watch_) return;
  sending_watch_ = std::make_unique<SendingWatch>();
  measure([](Connection& self, const WireProgress& progress) {
    self.sending_watch_->taken = progress.taken;
    self.sending_watch_->timer = self.host_.scheduler().after_listening(
        self.host_.options.send_stall_timeout, [&self] { self.measure(&Connection::check_sending); });
  });
}

void Connection::check_sending(const WireProgress& progress) {
  if (!wire_->over_budget()) {
    sending_watch_.reset();
    return;
  }
  const std::uint64_t taken = progress.taken - std::exchange(sending_watch_->taken, progress.taken);
  const Duration timeout = host_.options.send_stall_timeout;
  if (taken >= limits::progress_bytes) {
    sending_watch_->timer =
        host_.scheduler().after_listening(timeout, [this] { measure(&Connection::check_sending); });
    return;
  }
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(timeout).count();
  close(WireClose::drop,
        {"backpressure", std::to_string(wire_->queued_bytes()) + " bytes wait for it, and it took " +
                             std::to_string(taken) + " in " + std::to_string(milliseconds) + " ms"});
}

void Connection::kick(std::string_view reason) {
  if (state_ == State::closed) return;
  reason = protocol::utf8_prefix(reason, limits::kick_reason_bytes);
  send(make_frame(PacketType::kick, protocol::as_bytes(protocol::encode_kick(reason))));
  close(WireClose::flush, {"kicked", std::string{reason}});
}

void Connection::close(WireClose how, CloseReason reason) {
  host_.scheduler().assert_logic_thread();
  if (state_ == State::closed) return;
  const auto self = shared_from_this();
  state_ = State::closed;
  host_.connections.erase(place_);
  timer_.cancel();
  if (inflating_) inflating_->wait.cancel();
  sending_watch_.reset();
  const bool expected = reason.code != "protocol_error" && reason.code != "backpressure";
  const SessionId id = session_ ? session_->id() : 0;
  const LogLevel level = expected ? LogLevel::debug : LogLevel::info;
  if (host_.log().enabled(level)) {
    const std::string remote = wire_->remote_address();
    host_.log()
        .limited(remote, reason.code)
        .write(level, "connection closed",
               {{"session", id}, {"remote", remote}, {"reason", reason.code}, {"detail", reason.detail}});
  }
  wire_->close(how, reason);
  if (session_) std::exchange(session_, nullptr)->detach(std::move(reason.code), was_opened_);
  wire_.reset();
}

}  // namespace nano
