// Internal header. HandlerCall: from a method's type to the code that decodes, calls and answers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "nano/base/task.h"
#include "nano/component/invocation.h"
#include "nano/component/responder.h"

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

/// Answers `call` with what a coroutine returns or throws.
template <class R>
Task<void> answer_when_done(Task<R> task, PendingCallPtr call, std::string route) {
  try {
    if constexpr (std::is_void_v<R>) {
      co_await std::move(task);
      call->answer_empty();
    } else {
      R outcome = co_await std::move(task);
      using Answer = typename AnswerOf<R>::type;
      if constexpr (!IsResult<R>::value) {
        call->answer(payload_type<Answer>(), &outcome);
      } else if (!outcome) {
        call->fail(outcome.error());
      } else if constexpr (std::is_void_v<Answer>) {
        call->answer_empty();
      } else {
        call->answer(payload_type<Answer>(), &outcome.value());
      }
    }
  } catch (...) {
    log_handler_failure(call->host(), call->session().get(), route);
    call->fail({Errc::internal, "The server failed to handle the message."});
  }
}

/// Runs a coroutine that answers through a Responder, or nobody.
Task<void> run_until_done(Task<void> task, SessionHost& host, SessionPtr session, std::string route);

template <auto method>
struct HandlerCall {
  using Traits = MethodOf<decltype(method)>;
  using Return = typename Traits::Return;
  using Answer = typename AnswerOf<Return>::type;
  using Owner = typename Traits::Owner;
  using PayloadValue = typename Traits::PayloadValue;
  using Stored = std::conditional_t<std::is_void_v<PayloadValue>, std::monostate, PayloadValue>;

  /// `component` is an Owner. Exceptions of the handler, if it is no coroutine, pass through.
  static void invoke(void* component, Invocation& invocation) {
    if constexpr (Traits::sessions > 0) {
      if (!invocation.session()) {
        return invocation.fail({Errc::invalid_argument, "The handler needs a session: call it through one."});
      }
    }
    Stored payload{};
    if constexpr (RawPayload<PayloadValue>) {
      payload_type<PayloadValue>().assign(invocation.payload(), &payload);
    } else if constexpr (!std::is_void_v<PayloadValue>) {
      const Result<void> decoded =
          invocation.host().codec().decode(invocation.payload(), payload_type<PayloadValue>(), &payload);
      if (!decoded) return invocation.fail(decoded.error());
    }
    auto& owner = *static_cast<Owner*>(component);
    if constexpr (Traits::responders == 1) {
      PendingCallPtr call = invocation.defer();
      if (call) call_with_responder(owner, invocation, payload, std::move(call));
    } else if constexpr (IsTask<Return>::value) {
      PendingCallPtr call = invocation.defer();
      if (!call) return;
      auto task = call_method(owner, invocation, payload, nullptr);
      invocation.host().scheduler().spawn(
          answer_when_done(std::move(task), std::move(call), std::string{invocation.route()}),
          {.name = invocation.route()});
    } else if constexpr (std::is_void_v<Return>) {
      call_method(owner, invocation, payload, nullptr);
      invocation.answer_empty();
    } else {
      const Return outcome = call_method(owner, invocation, payload, nullptr);
      answer(invocation, outcome);
    }
  }

 private:
  static void call_with_responder(Owner& owner, Invocation& invocation, Stored& payload,
                                  PendingCallPtr call) {
    if constexpr (IsTask<Return>::value) {
      auto task = call_method(owner, invocation, payload, std::move(call));
      invocation.host().scheduler().spawn(
          run_until_done(std::move(task), invocation.host(),
                         invocation.session() ? invocation.session()->shared_from_this() : nullptr,
                         std::string{invocation.route()}),
          {.name = invocation.route()});
    } else {
      call_method(owner, invocation, payload, std::move(call));
    }
  }

  template <class Outcome>
  static void answer(Invocation& invocation, const Outcome& outcome) {
    if constexpr (!IsResult<Return>::value) {
      invocation.answer(payload_type<Answer>(), &outcome);
    } else if (!outcome) {
      invocation.fail(outcome.error());
    } else if constexpr (std::is_void_v<Answer>) {
      invocation.answer_empty();
    } else {
      invocation.answer(payload_type<Answer>(), &outcome.value());
    }
  }

  static Return call_method(Owner& owner, Invocation& invocation, Stored& payload, PendingCallPtr call) {
    return call_method(owner, invocation, payload, call,
                       std::make_index_sequence<std::tuple_size_v<typename Traits::Parameters>>{});
  }
  template <std::size_t... I>
  static Return call_method(Owner& owner, [[maybe_unused]] Invocation& invocation,
                            [[maybe_unused]] Stored& payload, [[maybe_unused]] PendingCallPtr& call,
                            std::index_sequence<I...>) {
    return (owner.*method)(
        argument<std::tuple_element_t<I, typename Traits::Parameters>>(invocation, payload, call)...);
  }
  template <class P>
  static decltype(auto) argument([[maybe_unused]] Invocation& invocation, [[maybe_unused]] Stored& payload,
                                 [[maybe_unused]] PendingCallPtr& call) {
    if constexpr (std::is_same_v<P, Session&>) {
      return (*invocation.session());
    } else if constexpr (is_session_parameter<P>) {
      return invocation.session()->shared_from_this();
    } else if constexpr (IsResponder<std::remove_cvref_t<P>>::value) {
      return std::remove_cvref_t<P>{std::move(call)};
    } else {
      return std::move(payload);
    }
  }
};

}  // namespace nano::detail
