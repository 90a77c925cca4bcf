// Internal header. Payloads for the serializer's tests.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include <boost/describe/class.hpp>
#include <boost/describe/enum.hpp>

namespace nano::testdata {

enum class Color { red, green, default_ };
BOOST_DESCRIBE_ENUM(Color, red, green, default_)

enum class Level : std::uint8_t { low = 1, high = 200 };

struct Item {
  std::string name;
  double price = 0;
};
BOOST_DESCRIBE_STRUCT(Item, (), (name, price))

struct Order {
  std::int64_t id = 0;
  std::vector<Item> items;
  std::optional<std::string> note;
  std::map<std::string, Item> by_name;
};
BOOST_DESCRIBE_STRUCT(Order, (), (id, items, note, by_name))

struct Ranked : Item {
  int rank = 0;
};
BOOST_DESCRIBE_STRUCT(Ranked, (Item), (rank))

struct Tree {
  std::vector<Tree> children;
};
BOOST_DESCRIBE_STRUCT(Tree, (), (children))

struct Keywords {
  int default_ = 0;
};
BOOST_DESCRIBE_STRUCT(Keywords, (), (default_))

struct Settings {
  bool on = false;
  Color color = Color::red;
  Level level = Level::low;
  std::array<int, 2> size{};
  std::vector<bool> flags;
  std::unordered_map<std::string, int> scores;
};
BOOST_DESCRIBE_STRUCT(Settings, (), (on, color, level, size, flags, scores))

/// A class without members, and one whose members may all be missing.
struct Nothing {};
BOOST_DESCRIBE_STRUCT(Nothing, (), ())

struct Maybe {
  std::optional<int> limit;
};
BOOST_DESCRIBE_STRUCT(Maybe, (), (limit))

struct Undescribed {
  int number = 0;
};

}  // namespace nano::testdata
