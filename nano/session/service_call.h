// Internal header. What carries a call to a service and its answer back; see Session::call().
#pragma once

#include <coroutine>
#include <memory>
#include <string>
#include <type_traits>

#include "nano/base/limits.h"
#include "nano/base/task.h"
#include "nano/session/route.h"
#include "nano/session/session_host.h"

namespace nano {

struct CallOptions {  // to be made within the statement that awaits: nothing to destroy in here
  /// The answer's deadline, in time that this process was not held up; then the call fails with
  /// Errc::timeout. An answer that comes later is dropped. To another node of a cluster, that node's request
  /// timeout is the longest (NodeOptions::request_timeout_s).
  Duration timeout = limits::call_timeout;
};
static_assert(std::is_trivially_destructible_v<CallOptions>);

/// One call, to be awaited once. Logic thread only. Destroying the waiting coroutine ends the wait; the
/// handler that was called runs on.
class [[nodiscard]] ServiceCall {
 public:
  /// `session` null: the call is nobody's. The host must outlive this.
  ServiceCall(SessionHost& host, SessionPtr session, std::string route, std::string payload,
              CallOptions options);
  ServiceCall(const ServiceCall&) = delete;
  ServiceCall& operator=(const ServiceCall&) = delete;
  ~ServiceCall();

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiting);
  /// The answer's payload.
  Result<std::string> await_resume();

 private:
  class State;
  std::shared_ptr<State> state_;
};

namespace detail {

template <class Reply>
Task<Result<Reply>> call_service(SessionHost& host, SessionPtr session, std::string route,
                                 std::string payload, CallOptions options) {
  ServiceCall call{host, std::move(session), std::move(route), std::move(payload), options};
  Result<std::string> answer = co_await call;
  if (!answer) co_return answer.error();
  if constexpr (std::is_void_v<Reply>) {
    co_return Result<void>{};
  } else {
    co_return host.codec().template decode<Reply>(protocol::as_bytes(*answer));
  }
}

/// `Argument` is what a call deduces for its payload. Nothing tells which temporaries g++ 12 destroys twice,
/// so all that have something to destroy must be named; but not strings, which have constructors.
template <class Reply, class Argument>
constexpr void check_call() {
  using Sent = std::remove_cvref_t<Argument>;
  static_assert(
      std::is_lvalue_reference_v<Argument> || std::is_trivially_destructible_v<Sent> || RawPayload<Sent>,
      "g++ 12 destroys twice what a statement with co_await makes on the spot: name the payload first, "
      "`const Say say{text}; const auto reply = co_await session->call<Reply>(\"Chat.Say\", say);`");
  static_assert(std::is_void_v<Reply> || Payload<Reply>,
                "A call's reply is void or a payload: a struct described with BOOST_DESCRIBE_STRUCT, a "
                "protobuf message, std::string or std::vector<std::uint8_t>.");
  static_assert(!ViewPayload<Reply>, "A call's reply outlives the message: take std::string.");
}

}  // namespace detail

/// A call in nobody's name: handlers that take a session cannot be called so. The rest as Session::call().
template <class Reply, class T>
Task<Result<Reply>> call_service(SessionHost& host, std::string route, T&& payload,
                                 CallOptions options = {}) {
  detail::check_call<Reply, T>();
  require_utf8_route(route);
  std::string bytes;
  encode_payload(host.codec(), payload, bytes);
  return detail::call_service<Reply>(host, nullptr, std::move(route), std::move(bytes), options);
}

}  // namespace nano
