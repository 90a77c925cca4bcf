// Internal header. HandlerCall: from a method's type to the code that decodes, calls and answers.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "nano/base/task.h"
#include "nano/component/responder.h"
#include "nano/session/call.h"
#include "nano/session/session.h"

namespace nano::detail {

template <class T>
struct IsTask : std::false_type {};
template <class T>
struct IsTask<Task<T>> : std::true_type {};
template <class T>
struct IsResult : std::false_type {};
template <class T>
struct IsResult<Result<T>> : std::true_type {};
template <class T>
struct IsResponder : std::false_type {};
template <class T>
struct IsResponder<Responder<T>> : std::true_type {};

/// T, Result<T>, Task<T> and Task<Result<T>> are all answered with a T.
template <class T>
struct AnswerOf {
  using type = T;
};
template <class T>
struct AnswerOf<Result<T>> {
  using type = T;
};
template <class T>
struct AnswerOf<Task<T>> {
  using type = typename AnswerOf<T>::type;
};

template <class P>
inline constexpr bool is_session_parameter =
    std::is_same_v<P, Session&> || std::is_same_v<std::remove_cvref_t<P>, SessionPtr>;
template <class P>
inline constexpr bool is_payload_parameter =
    !is_session_parameter<P> && !IsResponder<std::remove_cvref_t<P>>::value;

/// The payload type among the parameters, or void.
template <class... P>
struct PayloadParameter {
  using type = void;
};
template <class First, class... Rest>
struct PayloadParameter<First, Rest...> {
  using type =
      typename std::conditional_t<is_payload_parameter<First>, std::type_identity<std::remove_cvref_t<First>>,
                                  PayloadParameter<Rest...>>::type;
};
/// The T of a Responder<T> among the parameters, or void.
template <class... P>
struct ResponderParameter {
  using type = void;
};
template <class First, class... Rest>
struct ResponderParameter<First, Rest...> : ResponderParameter<Rest...> {};
template <class T, class... Rest>
struct ResponderParameter<Responder<T>, Rest...> {
  using type = T;
};

template <class R, class C, class... P>
struct Method {
  using Return = R;
  using Owner = C;
  using Parameters = std::tuple<P...>;
  using PayloadValue = typename PayloadParameter<P...>::type;
  using Responds = typename ResponderParameter<P...>::type;
  static constexpr int sessions = (0 + ... + int{is_session_parameter<P>});
  static constexpr int responders = (0 + ... + int{IsResponder<std::remove_cvref_t<P>>::value});
  static constexpr int payloads = (0 + ... + int{is_payload_parameter<P>});
  static constexpr bool has_references = (false || ... || std::is_reference_v<P>);
  static constexpr bool payload_is_constant = (true && ... &&
                                               (!is_payload_parameter<P> || !std::is_lvalue_reference_v<P> ||
                                                std::is_const_v<std::remove_reference_t<P>>));
};

template <class M>
struct MethodOf;
template <class R, class C, class... P>
struct MethodOf<R (C::*)(P...)> : Method<R, C, P...> {};
template <class R, class C, class... P>
struct MethodOf<R (C::*)(P...) const> : Method<R, C, P...> {};
template <class R, class C, class... P>
struct MethodOf<R (C::*)(P...) noexcept> : Method<R, C, P...> {};
template <class R, class C, class... P>
struct MethodOf<R (C::*)(P...) const noexcept> : Method<R, C, P...> {};

template <class T>
inline constexpr bool is_answer = std::is_void_v<T> || Payload<T>;

/// What a described method must look like to be registered by its name.
template <class M>
concept HandlerShape =
    requires { typename MethodOf<M>::Return; } && MethodOf<M>::sessions <= 1 && MethodOf<M>::payloads <= 1 &&
    MethodOf<M>::responders <= 1 &&
    MethodOf<M>::sessions + MethodOf<M>::payloads + MethodOf<M>::responders > 0 &&
    (std::is_void_v<typename MethodOf<M>::PayloadValue> ||
     Payload<typename MethodOf<
         M>::PayloadValue>)&&is_answer<typename AnswerOf<typename MethodOf<M>::Return>::type>;

template <class M>
constexpr void check_handler() {
  using Traits = MethodOf<M>;
  static_assert(Traits::sessions <= 1,
                "A handler takes the session once: nano::Session& or nano::SessionPtr.");
  static_assert(Traits::payloads <= 1, "A handler takes one payload: put several values into one struct.");
  static_assert(Traits::responders <= 1, "A handler takes one nano::Responder.");
  static_assert(Traits::payload_is_constant, "A handler takes its payload by value or as const reference.");
  static_assert(
      std::is_void_v<typename Traits::PayloadValue> || Payload<typename Traits::PayloadValue>,
      "A handler's payload is a struct described with BOOST_DESCRIBE_STRUCT, a protobuf message (include its "
      ".pb.h), or raw bytes (std::string, std::string_view, std::vector<std::uint8_t>, "
      "std::span<const std::uint8_t>).");
  using Answer = typename AnswerOf<typename Traits::Return>::type;
  static_assert(
      is_answer<Answer>,
      "A handler returns void, a payload (a described struct, a protobuf message, raw bytes), a nano::Result "
      "of a payload, or a nano::Task of one of these.");
  static_assert(Traits::responders == 0 || std::is_void_v<Answer>,
                "A handler that takes a nano::Responder answers through it and returns void.");
  if constexpr (IsTask<typename Traits::Return>::value) {
    static_assert(
        !Traits::has_references,
        "A coroutine outlives the call that started it: take nano::SessionPtr and the payload by value.");
    static_assert(!ViewPayload<typename Traits::PayloadValue>,
                  "A coroutine outlives the bytes of the message: take std::string instead of a view.");
  }
}

/// Call from within a catch block. `session` may be null.
void log_handler_failure(SessionHost& host, Session* session, std::string_view route);

/// Answers with what a handler returned.
template <class Outcome>
void answer_with(Call& call, const Outcome& outcome) {
  using Answer = typename AnswerOf<Outcome>::type;
  if constexpr (!IsResult<Outcome>::value) {
    call.answer(payload_type<Answer>(), &outcome);
  } else if (!outcome) {
    call.fail(outcome.error());
  } else if constexpr (std::is_void_v<Answer>) {
    call.answer_empty();
  } else {
    call.answer(payload_type<Answer>(), &outcome.value());
  }
}

/// Answers with what a coroutine returns or throws.
template <class R>
Task<void> answer_when_done(Task<R> task, CallPtr call) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(task);
      call->answer_empty();
    } else {
      const R outcome = co_await std::move(task);
      answer_with(*call, outcome);
    }
  } catch (...) {
    log_handler_failure(call->host(), call->session(), call->route());
    call->fail({Errc::internal, "The server failed to handle the message."});
  }
}

/// Runs a coroutine that answers through a Responder. `route` is the handler's.
Task<void> run_until_done(Task<void> task, SessionHost& host, SessionPtr session, std::string_view route);

template <auto method>
struct HandlerCall {
  using Traits = MethodOf<decltype(method)>;
  using Return = typename Traits::Return;
  using Answer = typename AnswerOf<Return>::type;
  using Owner = typename Traits::Owner;
  using PayloadValue = typename Traits::PayloadValue;
  using Stored = std::conditional_t<std::is_void_v<PayloadValue>, std::monostate, PayloadValue>;

  /// `component` is an Owner. Exceptions of the handler, if it is no coroutine, pass through.
  static void invoke(void* component, Call& call, protocol::ByteView bytes) {
    if constexpr (Traits::sessions > 0) {
      if (!call.session()) {
        return call.fail({Errc::invalid_argument, "The handler needs a session: call it through one."});
      }
    }
    Stored payload{};
    if constexpr (RawPayload<PayloadValue>) {
      payload_type<PayloadValue>().assign(bytes, &payload);
    } else if constexpr (!std::is_void_v<PayloadValue>) {
      const Result<void> decoded = call.host().codec().decode(bytes, payload_type<PayloadValue>(), &payload);
      if (!decoded) return call.fail(decoded.error());
    }
    auto& owner = *static_cast<Owner*>(component);
    if constexpr (Traits::responders == 1) {
      CallPtr deferred = call.defer(bytes.size());
      if (deferred) call_with_responder(owner, call, payload, std::move(deferred));
    } else if constexpr (IsTask<Return>::value) {
      CallPtr deferred = call.defer(bytes.size());
      if (!deferred) return;
      auto task = call_method(owner, call, payload, nullptr);
      call.host().scheduler().spawn(answer_when_done(std::move(task), std::move(deferred)),
                                    {.name = call.route()});
    } else if constexpr (std::is_void_v<Return>) {
      call_method(owner, call, payload, nullptr);
      call.answer_empty();
    } else {
      const Return outcome = call_method(owner, call, payload, nullptr);
      answer_with(call, outcome);
    }
  }

 private:
  static void call_with_responder(Owner& owner, Call& call, Stored& payload, CallPtr deferred) {
    if constexpr (IsTask<Return>::value) {
      auto task = call_method(owner, call, payload, std::move(deferred));
      SessionPtr session = call.session() ? call.session()->shared_from_this() : nullptr;
      call.host().scheduler().spawn(
          run_until_done(std::move(task), call.host(), std::move(session), call.route()),
          {.name = call.route()});
    } else {
      call_method(owner, call, payload, std::move(deferred));
    }
  }

  static Return call_method(Owner& owner, Call& call, Stored& payload, CallPtr deferred) {
    return call_method(owner, call, payload, deferred,
                       std::make_index_sequence<std::tuple_size_v<typename Traits::Parameters>>{});
  }
  template <std::size_t... I>
  static Return call_method(Owner& owner, [[maybe_unused]] Call& call, [[maybe_unused]] Stored& payload,
                            [[maybe_unused]] CallPtr& deferred, std::index_sequence<I...>) {
    return (owner.*method)(
        argument<std::tuple_element_t<I, typename Traits::Parameters>>(call, payload, deferred)...);
  }
  template <class P>
  static decltype(auto) argument([[maybe_unused]] Call& call, [[maybe_unused]] Stored& payload,
                                 [[maybe_unused]] CallPtr& deferred) {
    if constexpr (std::is_same_v<P, Session&>) {
      return (*call.session());
    } else if constexpr (is_session_parameter<P>) {
      return call.session()->shared_from_this();
    } else if constexpr (IsResponder<std::remove_cvref_t<P>>::value) {
      return std::remove_cvref_t<P>{std::move(deferred)};
    } else {
      return std::move(payload);
    }
  }
};

}  // namespace nano::detail
