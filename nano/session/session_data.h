// Internal header. SessionData: values of any type under names, as an application keeps them with a session.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

#include "nano/base/type_name.h"

namespace nano {
namespace detail {

/// Text that somebody else owns.
template <class T>
concept BorrowedText =
    std::is_same_v<T, const char*> || std::is_same_v<T, char*> || std::is_same_v<T, std::string_view>;

/// Looks at what somebody else owns, as a std::span.
template <class T>
concept Borrowed = std::ranges::enable_borrowed_range<std::remove_cv_t<T>>;

/// As what a value is kept: borrowed text as a std::string of its own, all else as it is.
template <class T>
using Kept = std::conditional_t<BorrowedText<T>, std::string, T>;

}  // namespace detail

/// Not synchronised. References to values are valid until they are replaced or removed. What is taken out is
/// destroyed last: its destructor may look in here.
class SessionData {
 public:
  /// What a name stands for, for the log.
  struct Mismatch {
    std::string_view kept;
    std::string_view asked;
  };

  template <class T>
  detail::Kept<T>& set(std::string_view name, T value) {
    using Kept = detail::Kept<T>;
    static_assert(!detail::Borrowed<Kept>,
                  "A session keeps no view of what others own: store a std::vector or a std::string.");
    auto kept = std::make_shared<Kept>(std::move(value));
    Kept& reference = *kept;
    Value value_of_name{std::move(kept), &typeid(Kept), detail::type_name<Kept>()};
    std::swap(values_[std::string{name}], value_of_name);
    return reference;
  }

  /// Null if there is nothing of that name, or if it is of another type: then calls on_mismatch(Mismatch).
  template <class T, class OnMismatch>
  T* get(std::string_view name, OnMismatch&& on_mismatch) const {
    const auto found = values_.find(name);
    if (found == values_.end()) return nullptr;
    const Value& value = found->second;
    if (*value.type == typeid(T)) return static_cast<T*>(value.held.get());
    on_mismatch(Mismatch{value.type_name, detail::type_name<T>()});
    return nullptr;
  }

  bool has(std::string_view name) const { return values_.contains(name); }
  void remove(std::string_view name) {
    const auto found = values_.find(name);
    if (found == values_.end()) return;
    const auto gone = values_.extract(found);
  }
  void clear() { const auto gone = std::exchange(values_, {}); }

 private:
  struct Value {
    std::shared_ptr<void> held;
    const std::type_info* type = nullptr;
    std::string_view type_name;
  };

  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace nano
