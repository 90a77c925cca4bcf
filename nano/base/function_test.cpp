#include "nano/base/function.h"

#include <array>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include <gtest/gtest.h>

namespace nano {
namespace {

static_assert(sizeof(Function<void()>) == 64, "one cache line");
static_assert(!std::is_copy_constructible_v<Function<void()>>);
static_assert(std::is_nothrow_move_constructible_v<Function<void()>>);
static_assert(!std::is_constructible_v<Function<void(int)>, void (*)(std::string)>);

/// A callable of a chosen size that counts how many of it live, and is movable only.
template <std::size_t bytes>
class Counted {
 public:
  explicit Counted(int& alive) : alive_(&alive) { ++*alive_; }
  Counted(Counted&& other) noexcept : alive_(other.alive_), text_(std::move(other.text_)) { ++*alive_; }
  ~Counted() { --*alive_; }
  int operator()(int n) { return n + static_cast<int>(text_[0]); }

 private:
  int* alive_;
  std::unique_ptr<int> only_movable_;
  std::array<char, bytes - 2 * sizeof(void*)> text_{1};
};

template <std::size_t bytes>
void expect_moves_and_ends_once() {
  int alive = 0;
  {
    Function<int(int)> first = Counted<bytes>{alive};
    EXPECT_EQ(alive, 1);
    Function<int(int)> second = std::move(first);
    EXPECT_EQ(alive, 1);
    EXPECT_FALSE(first);
    EXPECT_EQ(second(41), 42);
    first = std::move(second);
    EXPECT_EQ(first(1), 2);
    first = nullptr;
    EXPECT_EQ(alive, 0);
    first = Counted<bytes>{alive};
    EXPECT_EQ(alive, 1);
  }
  EXPECT_EQ(alive, 0);
}

TEST(Function, HoldsSmallCallablesInside) { expect_moves_and_ends_once<Function<int(int)>::inline_bytes>(); }
TEST(Function, HoldsLargeCallablesOutside) {
  expect_moves_and_ends_once<Function<int(int)>::inline_bytes + 8>();
}

TEST(Function, KeepsCallablesOfUpToItsInlineBytesWithinItself) {
  struct SaysWhere {
    const void* operator()() { return this; }
    std::array<void*, Function<const void*()>::inline_bytes / sizeof(void*)> room;
  };
  Function<const void*()> function = SaysWhere{};
  const auto* where = static_cast<const std::byte*>(function());
  const auto* begin = reinterpret_cast<const std::byte*>(&function);
  EXPECT_GE(where, begin);
  EXPECT_LT(where, begin + sizeof(function));
}

TEST(Function, IsEmptyByDefaultAndFromNullPointers) {
  EXPECT_FALSE(Function<void()>{});
  EXPECT_FALSE(Function<void()>{nullptr});
  void (*none)() = nullptr;
  EXPECT_FALSE(Function<void()>{none});
  EXPECT_TRUE(Function<void()>{[] {}});
}

TEST(Function, PassesReferencesAndMovableArguments) {
  Function<void(int&, std::unique_ptr<int>)> add = [](int& to, std::unique_ptr<int> n) { to += *n; };
  int sum = 1;
  add(sum, std::make_unique<int>(2));
  EXPECT_EQ(sum, 3);
}

TEST(Function, ConvertsResultsAndDropsThemForVoid) {
  Function<std::string()> text = [] { return "text"; };
  EXPECT_EQ(text(), "text");
  Function<void()> dropped = [] { return 5; };
  dropped();
}

TEST(Function, MayBeReplacedByWhatItsOwnCallableHolds) {
  struct Outer {
    std::unique_ptr<Function<int()>> inner;
    int operator()() { return 1; }
  };
  Outer outer{std::make_unique<Function<int()>>([] { return 2; })};
  Function<int()>& inner = *outer.inner;
  Function<int()> function = std::move(outer);
  function = std::move(inner);
  EXPECT_EQ(function(), 2);
}

TEST(Function, ThrowsWhenCalledEmpty) {
  Function<void()> empty;
  EXPECT_THROW(empty(), std::logic_error);
}

}  // namespace
}  // namespace nano
