// Public header. Result<T>: a value, or an Error that says what went wrong.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "protocol/assert.h"
#include "protocol/errc.h"

namespace nano::protocol {

/// An expected failure. As the answer to a request it reaches the client as {"code":code,"msg":message}.
struct Error {
  std::string code;     ///< short and stable, for programs: "room_full"
  std::string message;  ///< a sentence, for people

  Error(std::string code_text, std::string message_text)
      : code(std::move(code_text)), message(std::move(message_text)) {}
  Error(Errc errc, std::string message_text) : code(to_string(errc)), message(std::move(message_text)) {}

  bool is(Errc errc) const { return code == to_string(errc); }
  friend bool operator==(const Error&, const Error&) = default;
};

namespace detail {

/// Throws std::logic_error with a sentence that holds the error.
[[noreturn]] void value_of_error(const Error& error);

}  // namespace detail

/// Either a T or an Error. Converts from both, so functions say `return value;` or
/// `return Error{"room_full", "The room is full."};`. Look at ok() first: value(), `*` and `->` of an error,
/// and error() of a value, throw std::logic_error with a sentence; in a handler that costs this handler only.
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & { return check(), *std::get_if<0>(&state_); }
  const T& value() const& { return check(), *std::get_if<0>(&state_); }
  T&& value() && { return check(), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const {
    NANO_REQUIRE(!ok(), "Result::error() was called on a value");
    return *std::get_if<1>(&state_);
  }

 private:
  void check() const {
    if (const Error* error = std::get_if<1>(&state_)) detail::value_of_error(*error);
  }

  std::variant<T, Error> state_;
};

/// Success, or an Error. error() of a success throws std::logic_error.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool ok() const { return !error_; }
  explicit operator bool() const { return ok(); }

  const Error& error() const {
    NANO_REQUIRE(!ok(), "Result::error() was called on a success");
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace nano::protocol
