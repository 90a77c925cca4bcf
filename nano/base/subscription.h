// Public header. Subscription: the handle of a callback that waits for an event.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <utility>
#include <vector>

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

/// The callbacks of an event that comes again and again. Logic thread only.
template <class... Args>
class RepeatedCallbacks {
 public:
  RepeatedCallbacks() = default;
  RepeatedCallbacks(const RepeatedCallbacks&) = delete;
  RepeatedCallbacks& operator=(const RepeatedCallbacks&) = delete;

  Subscription add(Function<void(Args...)> callback) {
    places_.push_back(std::make_shared<Place>(std::move(callback)));
    return Subscription{places_.back()};
  }
  std::size_t count() const { return places_.size(); }
  void clear() { const auto dropped = std::exchange(places_, {}); }

  /// Hands the callbacks to `run`, which must not throw, in the order of adding. Those that one of them adds
  /// have their turn the next time; those that one cancels have none any more.
  template <class Run>
  void each(Run&& run) {
    const std::size_t count = places_.size();
    bool any_removed = false;
    for (std::size_t i = 0; i < count; ++i) {
      Place& place = *places_[i];
      place.runs = true;
      if (!place.removed) run(place.callback);
      place.runs = false;
      if (!place.removed) continue;
      any_removed = true;
      place.callback = nullptr;
    }
    if (any_removed) std::erase_if(places_, [](const auto& place) { return place->removed; });
  }

 private:
  struct Place final : detail::SubscribedCallback {
    explicit Place(Function<void(Args...)> held) : callback(std::move(held)) {}
    /// Out of the list when that is next gone through.
    void remove() override {
      removed = true;
      if (!runs) callback = nullptr;
    }
    Function<void(Args...)> callback;
    bool runs = false;
    bool removed = false;
  };

  std::vector<std::shared_ptr<Place>> places_;
};

namespace detail {

/// What both kinds of callback lists have in common.
template <class... Args>
class CallbackList {
 public:
  CallbackList() = default;
  CallbackList(const CallbackList&) = delete;
  CallbackList& operator=(const CallbackList&) = delete;

  Subscription add(Function<void(Args...)> callback) {
    if (!places_) places_ = std::make_shared<Places>();
    auto place = std::make_shared<Place>(places_, std::move(callback));
    place->at = places_->insert(places_->end(), place);
    return Subscription{place};
  }
  std::size_t count() const { return places_ ? places_->size() : 0; }

 protected:
  struct Place;
  using Places = std::list<std::shared_ptr<Place>>;

  struct Place final : SubscribedCallback {
    Place(std::weak_ptr<Places> of, Function<void(Args...)> held)
        : list(std::move(of)), callback(std::move(held)) {}
    void remove() override {
      if (const auto there = std::exchange(list, {}).lock()) there->erase(at);
    }
    std::weak_ptr<Places> list;  // none once it is out of it
    Function<void(Args...)> callback;
    typename Places::iterator at;
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
    while (all && !all->empty()) {
      const auto next = all->front();
      all->pop_front();
      next->list.reset();
      run(next->callback);
    }
  }
};

/// The callbacks of an event that comes now and then, and of which some are added and cancelled in between:
/// those leave the list at once. Logic thread only. Empty, it costs a pointer.
template <class... Args>
class Callbacks : public detail::CallbackList<Args...> {
 public:
  /// Hands each to `run`, in the order of adding. Those that one of them adds are for the next time; those
  /// that one cancels are not called any more, and none is when this list ends meanwhile.
  template <class Run>
  void call_each(Run&& run) const {
    if (!this->places_) return;
    std::vector<std::shared_ptr<typename Callbacks::Place>> all{this->places_->begin(), this->places_->end()};
    for (auto& place : all) {
      const auto next = std::move(place);  // destroyed after its call, if it is cancelled in it
      if (!next->list.expired()) run(next->callback);
    }
  }
  /// Cancels all.
  void clear() { this->places_.reset(); }
};

}  // namespace nano
