#include "nano/base/subscription.h"

#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

using Once = OnceCallbacks<std::string&>;
using Repeated = Callbacks<std::string&>;

std::string call(Once& callbacks) {
  std::string told;
  callbacks.take_each([&](Function<void(std::string&)>& callback) { callback(told); });
  return told;
}

std::string call(const Repeated& callbacks) {
  std::string told;
  callbacks.call_each([&](Function<void(std::string&)>& callback) { callback(told); });
  return told;
}

auto says(char letter) {
  return [letter](std::string& told) { told += letter; };
}

TEST(Subscription, CallsBackInTheOrderOfAddingAndOnce) {
  Once callbacks;
  const Subscription a = callbacks.add(says('a'));
  const Subscription b = callbacks.add(says('b'));
  EXPECT_TRUE(a.active());
  EXPECT_EQ(call(callbacks), "ab");
  EXPECT_FALSE(a.active());
  EXPECT_EQ(call(callbacks), "");
}

TEST(Subscription, GoesWithItsHandleAndWithWhatTheCallbackHolds) {
  Once callbacks;
  const auto held = std::make_shared<int>();
  for (int i = 0; i < 1000; ++i) {
    const Subscription dropped = callbacks.add([held](std::string&) {});
    EXPECT_EQ(callbacks.count(), 1u);
  }
  EXPECT_EQ(callbacks.count(), 0u);
  EXPECT_EQ(held.use_count(), 1);
  Subscription replaced = callbacks.add(says('a'));
  replaced = callbacks.add(says('b'));
  EXPECT_EQ(call(callbacks), "b");
}

TEST(RepeatedCallbacks, AreCalledEachTimeUntilTheirHandleGoes) {
  Callbacks<> events;
  std::string told;
  const auto tell = [](Function<void()>& callback) { callback(); };
  const auto held = std::make_shared<int>();
  events.add([&] { told += 'a'; }).detach();
  {
    const Subscription b = events.add([&, held] { told += 'b'; });
    events.call_each(tell);
    events.call_each(tell);
    EXPECT_TRUE(b.active());
  }
  EXPECT_EQ(held.use_count(), 1) << "what it held goes at once";
  events.call_each(tell);
  EXPECT_EQ(told, "ababa");
  EXPECT_EQ(events.count(), 1u);
}

TEST(RepeatedCallbacks, MayCancelAndAddOthersAndThemselves) {
  Callbacks<> events;
  std::string told;
  const auto tell = [](Function<void()>& callback) { callback(); };
  const auto held = std::make_shared<int>();
  Subscription own;
  Subscription next;
  own = events.add([&, held] {
    own.cancel();
    next.cancel();
    events.add([&told] { told += 'c'; }).detach();
    told += static_cast<char>('0' + held.use_count());
  });
  next = events.add([&] { told += "never"; });
  events.call_each(tell);
  EXPECT_EQ(told, "2");
  EXPECT_EQ(held.use_count(), 1);
  events.call_each(tell);
  EXPECT_EQ(told, "2c");
}

TEST(RepeatedCallbacks, GoBeforeTheirHandles) {
  Subscription subscription;
  {
    Callbacks<> events;
    subscription = events.add([] {});
    events.clear();
    EXPECT_FALSE(subscription.active());
  }
  subscription.cancel();
}

TEST(Subscription, StaysWhenDetached) {
  Once callbacks;
  callbacks.add(says('a')).detach();
  EXPECT_EQ(call(callbacks), "a");
}

TEST(Subscription, MayBeCancelledByACallbackItsOwnIncluded) {
  Once callbacks;
  Subscription own;
  Subscription next;
  const auto held = std::make_shared<int>();
  own = callbacks.add([&, held](std::string& told) {
    own.cancel();
    next = {};
    told += "own" + std::to_string(*held);
  });
  next = callbacks.add(says('b'));
  const Subscription last = callbacks.add(says('c'));
  EXPECT_EQ(call(callbacks), "own0c");
  EXPECT_EQ(held.use_count(), 1);
}

TEST(Subscription, AddedByACallbackIsNotOfThisTime) {
  Once callbacks;
  callbacks.add([&](std::string&) { callbacks.add(says('x')).detach(); }).detach();
  EXPECT_EQ(call(callbacks), "");
  EXPECT_EQ(callbacks.count(), 1u);
}

TEST(Subscription, MayOutliveItsSource) {
  std::optional<Once> callbacks{std::in_place};
  Subscription handle = callbacks->add(says('a'));
  callbacks.reset();
  EXPECT_FALSE(handle.active());
  handle.cancel();
}

TEST(RepeatedCallbacks, AreCalledEachTimeAsLongAsTheirHandles) {
  Repeated callbacks;
  const Subscription a = callbacks.add(says('a'));
  Subscription b = callbacks.add(says('b'));
  EXPECT_EQ(call(callbacks) + call(callbacks), "abab");
  EXPECT_TRUE(a.active());
  b.cancel();
  EXPECT_EQ(call(callbacks), "a");
  EXPECT_EQ(callbacks.count(), 1u);
  callbacks.clear();
  EXPECT_FALSE(a.active());
  EXPECT_EQ(call(callbacks), "");
}

TEST(RepeatedCallbacks, MayAddAndCancelWhileTheyAreCalled) {
  Repeated callbacks;
  Subscription own;
  Subscription next;
  Subscription added;
  const auto held = std::make_shared<int>();
  own = callbacks.add([&, held](std::string& told) {
    own.cancel();
    next.cancel();
    added = callbacks.add(says('x'));
    told += "own" + std::to_string(*held);
  });
  next = callbacks.add(says('b'));
  const Subscription last = callbacks.add(says('c'));
  EXPECT_EQ(call(callbacks), "own0c");
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(call(callbacks), "cx");
}

TEST(RepeatedCallbacks, MayEndTheirListWhileTheyAreCalled) {
  std::optional<Repeated> callbacks{std::in_place};
  const Subscription first = callbacks->add([&](std::string& told) {
    callbacks.reset();
    told += 'a';
  });
  const Subscription second = callbacks->add(says('b'));
  EXPECT_EQ(call(*callbacks), "a");
}

}  // namespace
}  // namespace nano
