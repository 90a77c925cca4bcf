// Public header. Subscription: the handle of a callback that waits for an event.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>

#include "nano/base/function.h"

namespace nano {

namespace detail {

/// A callback's place in its list. Held by the list, and for a moment by whoever takes it out.
class SubscribedCallback {
 public:
  virtual ~SubscribedCallback() = default;
  /// Out of the list, if it is still there.
  virtual void remove() = 0;
};

}  // namespace detail

/// Owns a place among the callbacks of an event, as a Timer owns a pending call: destroying the handle takes
/// the callback out, so an object that keeps its subscriptions as members is never called back after its end,
/// and what is registered again and again does not pile up. Logic thread only. A callback may cancel, replace
/// or destroy the handle that it was registered with. A handle may outlive the event's source and is then
/// inactive.
class [[nodiscard]] Subscription {
 public:
  /// Inactive.
  Subscription() = default;
  explicit Subscription(std::weak_ptr<detail::SubscribedCallback> place) : place_(std::move(place)) {}
  Subscription(Subscription&& other) noexcept : place_(std::exchange(other.place_, {})) {}
  Subscription& operator=(Subscription&& other) noexcept {
    Subscription taken{std::move(other)};
    std::swap(place_, taken.place_);
    return *this;
  }
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;
  ~Subscription() { cancel(); }

  /// The callback is not called any more, and what it holds is destroyed (at its return, if it runs now). No
  /// effect on an inactive one.
  void cancel() {
    if (const auto place = std::exchange(place_, {}).lock()) place->remove();
  }
  /// Whether a call may come. Within a callback that is called once: false.
  bool active() const { return !place_.expired(); }
  /// Gives up the handle: the callback stays without it, as long as the event's source.
  void detach() { place_.reset(); }

 private:
  std::weak_ptr<detail::SubscribedCallback> place_;
};

namespace detail {

/// What the callbacks of all kinds of events have in common.
template <class... Args>
class CallbackList {
 public:
  CallbackList() = default;
  CallbackList(const CallbackList&) = delete;
  CallbackList& operator=(const CallbackList&) = delete;

  Subscription add(Function<void(Args...)> callback) {
    if (!places_) places_ = std::make_shared<Places>();
    auto place = std::make_shared<Place>(places_, std::move(callback));
    place->at = places_->list.insert(places_->list.end(), place);
    return Subscription{place};
  }
  std::size_t count() const { return places_ ? places_->list.size() : 0; }

 protected:
  ~CallbackList() = default;

  struct Place;
  struct Places {
    std::list<std::shared_ptr<Place>> list;
    int walks = 0;  // that go through it: then none leaves it
  };

  struct Place final : SubscribedCallback {
    Place(std::weak_ptr<Places> in, Function<void(Args...)> held)
        : places(std::move(in)), callback(std::move(held)) {}
    void remove() override {
      const auto there = std::exchange(places, {}).lock();
      if (!there) return;
      if (there->walks == 0) {
        there->list.erase(at);
      } else {
        drop();
      }
    }
    /// It is not called any more, and leaves at the walk's end.
    void drop() {
      dropped = true;
      if (runs == 0) callback = nullptr;
    }

    std::weak_ptr<Places> places;  // none once it is out of them, or is about to leave
    Function<void(Args...)> callback;
    typename std::list<std::shared_ptr<Place>>::iterator at;
    int runs = 0;
    bool dropped = false;
  };

  std::shared_ptr<Places> places_;
};

}  // namespace detail

/// The callbacks of an event that comes once. Logic thread only. Empty, it costs a pointer.
template <class... Args>
class OnceCallbacks : public detail::CallbackList<Args...> {
 public:
  /// Takes the callbacks out, one after the other in the order of adding, and hands each to `run`, which may
  /// cancel those that are to come.
  template <class Run>
  void take_each(Run&& run) {
    const auto all = std::exchange(this->places_, nullptr);
    while (all && !all->list.empty()) {
      const auto next = all->list.front();
      all->list.pop_front();
      next->places.reset();
      run(next->callback);
    }
  }
};

/// The callbacks of an event that comes again and again. Logic thread only. Empty, it costs a pointer.
template <class... Args>
class Callbacks : public detail::CallbackList<Args...> {
 public:
  ~Callbacks() { clear(); }

  /// Hands each to `run`, which must not throw, in the order of adding. Those that one of them adds are for
  /// the next time; those that one cancels are not called any more, and none is when this list ends
  /// meanwhile.
  template <class Run>
  void call_each(Run&& run) const {
    const auto all = this->places_;  // to the end of the walk, though this list may end before
    if (!all || all->list.empty()) return;
    ++all->walks;
    auto at = all->list.begin();
    for (std::size_t left = all->list.size(); left > 0; --left, ++at) {
      auto& place = **at;
      if (place.dropped) continue;
      ++place.runs;
      run(place.callback);
      if (--place.runs == 0 && place.dropped) place.callback = nullptr;
    }
    if (--all->walks == 0) all->list.remove_if([](const auto& place) { return place->dropped; });
  }
  /// Cancels all.
  void clear() {
    const auto all = std::exchange(this->places_, nullptr);
    if (!all || all->walks == 0) return;
    for (const auto& place : all->list) place->drop();
  }
};

}  // namespace nano
