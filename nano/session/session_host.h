// Internal header. What all sessions of one server share.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "nano/base/frame.h"
#include "nano/base/limits.h"
#include "nano/base/log.h"
#include "nano/scheduler/scheduler.h"
#include "nano/serialize/serializer.h"
#include "nano/session/handshake.h"
#include "nano/session/inflate.h"
#include "nano/session/message_filter.h"
#include "nano/session/open_calls.h"
#include "nano/session/session_observer.h"
#include "nano/session/session_table.h"
#include "protocol/limits.h"
#include "protocol/message.h"
#include "protocol/route_dictionary.h"

namespace nano {

class Call;
class Connection;

/// Where the handler of a message may be.
enum class Reach {
  cluster,    ///< on any node
  this_node,  ///< here: another node has sent the message to this one, and it must not go round in circles
};

/// What becomes of the clients' messages: implemented by the layers above. Logic thread only.
class SessionEvents {
 public:
  virtual ~SessionEvents() = default;
  virtual HandshakeAnswer on_handshake(Session& session, const Handshake& handshake) = 0;
  /// The handshake is acknowledged. Once per session.
  virtual void on_opened(Session& session) = 0;
  /// A request or notify; `payload` says what its payload is. Views are valid during the call. A payload that
  /// turns out to be too large is not answered: the caller sees to that.
  virtual void on_message(Session& session, const protocol::Message& message, InboundPayload& payload,
                          Reach reach) = 0;
  /// Once per session that was opened.
  virtual void on_closed(Session& session) = 0;
  /// A call between services, or of another node's client. Takes the duty to answer it. The payload is valid
  /// during the call.
  virtual void on_call(Call&& call, protocol::ByteView payload, Reach reach) = 0;
};

struct SessionOptions {
  Duration handshake_timeout = limits::handshake_timeout;
  Duration heartbeat_interval = limits::heartbeat_interval;
  std::uint32_t calls_in_flight_max = limits::calls_in_flight;
  std::size_t calls_in_flight_bytes_max = limits::calls_in_flight_bytes;
  bool inflate = true;  ///< else compressed payloads are refused
  std::size_t inflated_bytes_max = protocol::packet_body_bytes_default;
  Duration send_stall_timeout = limits::send_stall_timeout;
};

/// Owned by the application, outlives all sessions. Logic thread only, but for the members that are set
/// before the start and only read afterwards.
class SessionHost {
 public:
  SessionHost(Scheduler& scheduler, Log log, PayloadCodec codec, SessionEvents& events);

  Scheduler& scheduler() { return scheduler_; }
  const Log& log() const { return log_; }
  /// For lines of what a session (null: a service in nobody's name) causes: limited by its address.
  LimitedLog log_for(Session* session, std::string_view about = {}) const;
  const PayloadCodec& codec() const { return codec_; }
  SessionEvents& events() { return events_; }

  /// The payload's bytes, to be used at once: until the next call, or, of a raw payload, its own.
  Result<protocol::ByteView> encode(const PayloadType& type, const void* value);
  /// The same of a text literal, too. Throws std::runtime_error with a sentence when the serializer cannot
  /// encode the value.
  template <class T>
  protocol::ByteView encode_now(const T& payload);
  /// For calls between services: an id that clients are unlikely to use.
  std::uint64_t next_call_id() { return ++last_call_id_; }
  const Frame& heartbeat_frame() const { return heartbeat_frame_; }

  /// Offered to clients and used on the way out. Set before the start.
  void set_dictionary(protocol::RouteDictionary dictionary);
  const protocol::RouteDictionary& dictionary() const { return dictionary_; }
  const std::string& dictionary_json() const { return dictionary_json_; }

  SessionOptions options;               ///< set before the start
  MessageFilter* outbound = nullptr;    ///< null while no filter is there
  SessionObserver* observer = nullptr;  ///< null in an application that stands alone
  SessionTable sessions;
  std::list<Connection*> connections;  ///< all that are not closed, in the order of connecting
  OpenCalls open_calls;                ///< those of closed sessions included
  std::size_t unanswered_calls = 0;    ///< that are open, without those of closed sessions
  std::size_t waiting_calls = 0;       ///< that wait in local schedulers, those of closed sessions included
  bool stopping = false;
  /// Of all clients together, whether their payloads or their WebSocket messages are compressed.
  const std::shared_ptr<InflateBudget> inflating =
      std::make_shared<InflateBudget>(limits::inflated_bytes_per_second);

 private:
  Scheduler& scheduler_;
  Log log_;
  PayloadCodec codec_;
  SessionEvents& events_;
  protocol::RouteDictionary dictionary_;
  std::string dictionary_json_;
  std::uint64_t last_call_id_ = std::uint64_t{1} << 63;
  std::string scratch_;
  Frame heartbeat_frame_;
};

/// Appends the payload's bytes to `out`. Text literals go as raw bytes. Throws std::runtime_error with a
/// sentence when the serializer cannot encode the value.
template <class T>
void encode_payload(const PayloadCodec& codec, const T& payload, std::string& out) {
  if constexpr (Payload<T>) {
    if (const Result<void> encoded = codec.encode(payload, out); !encoded) {
      throw std::runtime_error(encoded.error().message);
    }
  } else {
    static_assert(
        std::is_convertible_v<const T&, std::string_view>,
        "A payload is a struct described with BOOST_DESCRIBE_STRUCT, a protobuf message, or raw bytes "
        "(std::string, std::string_view, std::vector<std::uint8_t>, std::span<const std::uint8_t>).");
    out += std::string_view{payload};
  }
}

template <class T>
protocol::ByteView SessionHost::encode_now(const T& payload) {
  if constexpr (RawPayload<T>) {
    return payload_type<T>().view(&payload);
  } else {
    scratch_.clear();
    encode_payload(codec_, payload, scratch_);
    return protocol::as_bytes(scratch_);
  }
}

/// Who asks a server that stops for something is told so.
inline Error stopping_error() { return {Errc::unavailable, "The server is stopping."}; }

}  // namespace nano
