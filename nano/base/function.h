// Public header. Function: a callable that is moved, never copied; what tasks and callbacks are held in.
#pragma once

#include <cstddef>
#include <functional>
#include <new>
#include <type_traits>
#include <utility>

#include "protocol/assert.h"

namespace nano {

template <class Signature>
class Function;

/// Owns any callable of the signature, also one that cannot be copied. Callables of up to `inline_bytes`
/// bytes lie inside, without an allocation; larger ones are allocated. Not synchronised. Calling an empty one
/// throws std::logic_error.
template <class R, class... Args>
class Function<R(Args...)> {
 public:
  static constexpr std::size_t inline_bytes = 56;

  Function() = default;
  Function(std::nullptr_t) noexcept {}

  /// Holds `callable`, moved or copied in. A null function pointer gives an empty Function.
  template <class F, class Callable = std::decay_t<F>>
    requires(!std::is_same_v<Callable, Function> && std::is_invocable_r_v<R, Callable&, Args...>)
  Function(F&& callable) {
    if constexpr (std::is_pointer_v<Callable> || std::is_member_pointer_v<Callable>) {
      if (callable == nullptr) return;
    }
    if constexpr (fits<Callable>) {
      ::new (static_cast<void*>(storage_)) Callable(std::forward<F>(callable));
      operations_ = &inline_operations<Callable>;
    } else {
      ::new (static_cast<void*>(storage_)) Callable*(new Callable(std::forward<F>(callable)));
      operations_ = &allocated_operations<Callable>;
    }
  }

  Function(Function&& other) noexcept { take(other); }
  Function& operator=(Function&& other) noexcept {
    // The new callable may lie inside the old one, and the old one's destructor may look at this Function.
    Function taken{std::move(other)};
    Function old{std::move(*this)};
    take(taken);
    return *this;
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;
  ~Function() {
    if (operations_) operations_->destroy(storage_);
  }

  explicit operator bool() const noexcept { return operations_ != nullptr; }

  R operator()(Args... args) {
    NANO_REQUIRE(operations_ != nullptr, "an empty Function was called");
    return operations_->call(storage_, std::forward<Args>(args)...);
  }

 private:
  struct Operations {
    R (*call)(void* storage, Args&&... args);
    void (*relocate)(void* from, void* to) noexcept;
    void (*destroy)(void* storage) noexcept;
  };

  template <class Callable>
  static constexpr bool fits = sizeof(Callable) <= inline_bytes && alignof(Callable) <= alignof(void*) &&
                               std::is_nothrow_move_constructible_v<Callable>;

  template <class Callable>
  static R invoke(Callable& callable, Args&&... args) {
    if constexpr (std::is_void_v<R>) {
      std::invoke(callable, std::forward<Args>(args)...);
    } else {
      return std::invoke(callable, std::forward<Args>(args)...);
    }
  }

  template <class T>
  static T* as(void* storage) {
    return std::launder(static_cast<T*>(storage));
  }

  template <class Callable>
  static constexpr Operations inline_operations{
      [](void* storage, Args&&... args) -> R {
        return invoke(*as<Callable>(storage), std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept {
        ::new (to) Callable(std::move(*as<Callable>(from)));
        as<Callable>(from)->~Callable();
      },
      [](void* storage) noexcept { as<Callable>(storage)->~Callable(); }};

  template <class Callable>
  static constexpr Operations allocated_operations{
      [](void* storage, Args&&... args) -> R {
        return invoke(**as<Callable*>(storage), std::forward<Args>(args)...);
      },
      [](void* from, void* to) noexcept { ::new (to) Callable*(*as<Callable*>(from)); },
      [](void* storage) noexcept { delete *as<Callable*>(storage); }};

  void take(Function& other) noexcept {
    operations_ = std::exchange(other.operations_, nullptr);
    if (operations_) operations_->relocate(other.storage_, storage_);
  }

  const Operations* operations_ = nullptr;
  alignas(void*) std::byte storage_[inline_bytes];
};

}  // namespace nano
