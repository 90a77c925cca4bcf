// Public header. Session: one client, as the application sees it.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "nano/base/function.h"
#include "nano/base/result.h"
#include "nano/base/subscription.h"
#include "nano/base/type_name.h"
#include "nano/session/call.h"
#include "nano/session/drained.h"
#include "nano/session/network_entity.h"
#include "nano/session/route.h"
#include "nano/session/service_call.h"
#include "nano/session/session_data.h"
#include "nano/session/session_host.h"

namespace nano {

class GroupCore;

/// One client, of this node or of another one's gate. Logic thread only. Owned by the server while open; a
/// SessionPtr keeps the object (not the connection) alive beyond that, for coroutines. On a closed session
/// every call is allowed: sends do nothing.
class Session final : public std::enable_shared_from_this<Session> {
 public:
  /// Made by the server, not by applications. `entity` must outlive the session's open time.
  Session(SessionHost& host, SessionId id, NetworkEntity& entity) : host_(host), id_(id), entity_(&entity) {}
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Unique in the cluster, never reused.
  SessionId id() const { return id_; }

  // -- sending ----------------------------------------------------------------------------------------------

  /// Sends a message to the client. Pushes arrive in the order made. Payload: a described struct, a protobuf
  /// message, or raw bytes (std::string_view, ...). Throws std::length_error when the route has more than 255
  /// bytes, the message more than 16 MiB, or too much waits for the gate where the client is connected;
  /// std::invalid_argument when the route is not UTF-8,
  /// std::runtime_error when the serializer cannot encode the payload.
  template <class T>
  void push(std::string_view route, const T& payload) {
    if (closed()) return;
    require_utf8_route(route);
    entity_->push(route, host_.encode_now(payload));
  }

  /// A push of something of which only the newest state counts, as a position. While it waits to be written,
  /// a newer one of the same key takes its place: then it arrives where the older one would have, before what
  /// was pushed in between. A client that keeps up gets all of them. At most limits::latest_keys keys of a
  /// session wait so at a time; further ones are ordinary pushes, as are all to a client of a gate of Go
  /// Nano. Errors as push(), and std::invalid_argument for a key that is empty or has more than 255 bytes.
  template <class T>
  void push_latest(std::string_view key, std::string_view route, const T& payload) {
    check_latest_key(key);
    if (closed()) return;
    require_utf8_route(route);
    entity_->push_latest(key, route, host_.encode_now(payload));
  }

  /// What waits here to be written to the client, each message counted limits::message_overhead_bytes longer.
  /// Of a client of another node's gate 0: it waits there.
  std::size_t queued_bytes() const { return entity_ ? entity_->queued_bytes() : 0; }

  /// `const bool open = co_await session->drained();` continues when all that was sent before has been
  /// written, whatever is sent meanwhile, or when the session closes (false): at once, if nothing waits
  /// here, as always of a client of another node's gate. So who streams much, as the pieces of a map, sends a
  /// client no faster than it reads.
  Drained drained() { return Drained{shared_from_this()}; }

  /// Answers a request that its handler left open with Responder::release(). False if there is no such
  /// request (any more). Throws as push() does; the client is then answered `internal`.
  template <class T>
  bool respond(std::uint64_t request_id, const T& payload) {
    host_.scheduler().assert_logic_thread();
    const CallPtr call = take_released(request_id);
    if (!call) return false;
    try {
      call->answer_bytes(host_.encode_now(payload));
    } catch (...) {
      call->fail({Errc::internal, "The server failed to encode its answer."});
      throw;
    }
    return true;
  }

  /// Calls another service's handler in the name of this session, without an answer. It runs in a later turn.
  /// Filters of the pipeline don't see it: they are for what clients send. An unknown route is logged. Throws
  /// as push().
  template <class T>
  void notify(std::string_view route, const T& payload) {
    require_utf8_route(route);
    std::string bytes;
    encode_payload(host_.codec(), payload, bytes);
    notify_bytes(std::string{route}, std::move(bytes));
  }

  /// Calls another service's handler in the name of this session and waits for its answer:
  /// `const Result<Reply> reply = co_await session->call<Reply>("Bank.Withdraw", request);`. What the handler
  /// answers with an error, and what keeps the call from reaching it, is the Result's error. A handler that
  /// returns nothing is called as call<void>. The payload is encoded at once; throws as push(). One with
  /// something to destroy, strings apart, is made before the statement that awaits, else it does not compile:
  /// Task says why.
  template <class Reply, class T>
  Task<Result<Reply>> call(std::string route, T&& payload, CallOptions options = {}) {
    detail::check_call<Reply, T>();
    require_utf8_route(route);
    std::string bytes;
    encode_payload(host_.codec(), payload, bytes);
    return detail::call_service<Reply>(host_, shared_from_this(), std::move(route), std::move(bytes),
                                       options);
  }

  // -- who it is --------------------------------------------------------------------------------------------

  /// The user this session belongs to; 0 until bound.
  std::int64_t uid() const { return uid_; }
  /// Throws std::invalid_argument for a uid below 1. A user may have several sessions; one that is bound anew
  /// belongs to the new user alone. Application::find_user() finds them.
  void bind(std::int64_t uid);

  /// "address:port" of the client.
  const std::string& remote_address();
  /// When the client's last packet came, on the scheduler's clock.
  TimePoint last_activity() const;

  // -- ending -----------------------------------------------------------------------------------------------

  /// Tells the client that it is not wanted, so that it does not reconnect; closes when that is sent. A
  /// reason of more than 1024 bytes is cut.
  void kick(std::string_view reason = "");
  /// Closes when what was sent before has left.
  void close();
  bool closed() const { return entity_ == nullptr; }
  /// Why it closed: "client_closed", "kicked", "closed_by_server", "heartbeat_timeout", "backpressure",
  /// "protocol_error", "connection_lost", "shutdown", ... Empty while open.
  const std::string& close_reason() const;
  /// `callback` runs once, in a later turn than the closing, on the logic thread. On a session already closed
  /// it runs in a later turn, too. As with a timer, destroying the handle takes the callback back: keep it
  /// with what the callback needs, or detach() it if the callback is to stay as long as the session.
  Subscription on_closed(Function<void(Session&)> callback);

  // -- data of the application -----------------------------------------------------------------------------

  /// Stores a value of any type that can be moved under a name and returns it; an older value is replaced.
  /// Text (a literal, a char array, a std::string_view) is stored as a std::string.
  template <class T>
  detail::Kept<T>& set(std::string_view name, T value) {
    return data_.set(name, std::move(value));
  }
  template <class T, std::size_t count>
  auto& set(std::string_view name, const T (&text)[count]) {
    static_assert(std::is_same_v<T, char>, "A session keeps no array: store a std::array or a std::vector.");
    return data_.set(name, std::string{text, strnlen(text, count)});
  }
  /// The value stored under the name, or null. It is found under the very type it was stored as: `set("n",
  /// 1)` stores an int, which get<long>("n") does not find. That is said in the log.
  template <class T>
  T* get(std::string_view name) {
    static_assert(std::is_same_v<detail::Kept<std::remove_cv_t<T>>, std::remove_cv_t<T>>,
                  "A session stores text as std::string: get<std::string>(name).");
    return data_.get<std::remove_cv_t<T>>(name,
                                          [&](SessionData::Mismatch types) { note_mismatch(name, types); });
  }
  bool has(std::string_view name) const { return data_.has(name); }
  void remove(std::string_view name) { data_.remove(name); }
  void clear() { data_.clear(); }

  // -- data that all nodes agree on -------------------------------------------------------------------------

  /// Stores a copy of a payload (a described struct, a protobuf message, raw bytes) under a name, for every
  /// node of the cluster that handles messages of this session; an older value is replaced. A payload without
  /// bytes (an empty text, a protobuf message of defaults) is a value as any other. When two nodes write one
  /// name at the same time, one of the values stays, the same on all. Throws std::length_error when the
  /// session's names and values exceed limits::shared_bytes, or too much waits for a node that knows it.
  template <class T>
  void share(std::string_view name, const T& value) {
    std::string bytes;
    encode_payload(host_.codec(), value, bytes);
    set_shared(name, std::move(bytes));
  }
  /// The value shared under the name; nothing if there is none or it does not decode as a T, which is said in
  /// the log.
  template <class T>
  std::optional<T> shared(std::string_view name) const {
    static_assert(!detail::Borrowed<T>,
                  "A view of what is shared would outlive it: shared<std::string>(name).");
    const std::string* bytes = shared_bytes(name);
    if (!bytes) return std::nullopt;
    Result<T> value = host_.codec().template decode<T>(protocol::as_bytes(*bytes));
    if (value) return std::move(*value);
    note_undecodable(name, detail::type_name<T>(), value.error());
    return std::nullopt;
  }
  /// Removes the value, on all nodes.
  void unshare(std::string_view name) { set_shared(name, std::nullopt); }

  // -- for Nano itself -------------------------------------------------------------------------------------

  static void check_latest_key(std::string_view key);
  void wait_for_drained(std::shared_ptr<Drained::Waiting> waiting);
  /// What was sent before the oldest of those that wait is written.
  void on_drained();
  SessionHost& host() { return host_; }
  NetworkEntity* entity() { return entity_; }
  /// Counts a message whose handling outlasts this call, with the bytes that it keeps. False: too many are
  /// open already.
  [[nodiscard]] bool begin_call(std::size_t bytes);
  void end_call(std::size_t bytes);
  /// Until respond() is called with its id.
  void keep_released(CallPtr call) { released_.push_back(std::move(call)); }
  /// What another node decided: as bind() and share(), but the observer does not hear of it.
  void apply_uid(std::int64_t uid);
  /// Without a bound: the gate, which decides for all, has kept it. No value: removed.
  void apply_shared(std::string_view name, std::optional<std::string> value);
  /// The same at the gate: beyond the bound of shared bytes the value is dropped, and the old one stays.
  void offer_shared(std::string_view name, std::optional<std::string> value);
  /// Null: nothing is shared under the name. Valid until the name is shared anew.
  const std::string* shared_bytes(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& shared_values() const { return shared_; }
  /// The client sends no more: close as soon as no call is open.
  void close_when_answered();
  /// The connection ended: leaves all groups now, and tells the callbacks in a later turn.
  void detach(std::string reason, bool was_opened);

 private:
  friend class GroupCore;

  struct Texts {
    std::string remote_address = {};
    std::string close_reason = {};
  };

  void tell_closed();
  void go_on(std::shared_ptr<Drained::Waiting> waiting);
  void note_mismatch(std::string_view name, SessionData::Mismatch types) const;
  void note_undecodable(std::string_view name, std::string_view type, const Error& error) const;
  void notify_bytes(std::string route, std::string payload);
  void set_shared(std::string_view name, std::optional<std::string> value);
  bool fits_shared(std::string_view name, std::string_view value) const;
  /// Null: there is none.
  CallPtr take_released(std::uint64_t id);
  void forget_released();
  void close_if_answered();

  SessionHost& host_;
  const SessionId id_;
  NetworkEntity* entity_;  // null once closed
  std::int64_t uid_ = 0;
  std::uint32_t calls_in_flight_ = 0;
  std::size_t calls_in_flight_bytes_ = 0;
  bool closes_when_answered_ = false;
  bool told_closed_ = false;
  std::unique_ptr<Texts> texts_;  // from when the first of them is asked for
  TimePoint last_activity_{};
  std::vector<CallPtr> released_;  // some given up, perhaps
  std::set<GroupCore*> groups_;
  SessionTable::Binding binding_{};  // while it is open and has a uid
  std::vector<std::shared_ptr<Drained::Waiting>> waiting_for_drained_;
  OnceCallbacks<Session&> closed_callbacks_;
  SessionData data_;
  std::map<std::string, std::string, std::less<>> shared_;
};

}  // namespace nano
