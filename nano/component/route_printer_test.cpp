#include "nano/component/route_printer.h"

#include <gtest/gtest.h>

#include "nano/component/handler_test_fixture.h"
#include "nano/serialize/json_test_types.h"
#include "nano/serialize/testdata/ping.pb.h"

namespace nano {
namespace shop {

/// Called as another type that the same component carries.
struct Item {
  std::optional<testdata::Color> color;
};
BOOST_DESCRIBE_STRUCT(Item, (), (color))

template <class T>
struct Page {
  std::vector<T> rows;
  std::vector<std::optional<int>> marks;
};
BOOST_DESCRIBE_STRUCT(Page<testdata::Ranked>, (), (rows, marks))

struct Routes {
  std::map<std::string, std::array<double, 2>> places;
  std::array<int, 9> nine;
};
BOOST_DESCRIBE_STRUCT(Routes, (), (places, nine))

class Counter final : public Component {
 public:
  static void routes(nano::Routes<Counter>& on) {
    on.add<&Counter::buy>("Buy").add<&Counter::leave>("Leave").add<&Counter::list>("List");
    on.add<&Counter::raw>("Raw").add<&Counter::ping>("Ping").add<&Counter::later>("Later");
    on.push<Item>("onItem").push<std::string>("onBytes").push<Routes>("onRoutes");
  }
  testdata::Order buy(const testdata::Settings&) { return {}; }
  void leave(Session&) {}
  std::vector<testdata::Tree> list(Session&) { return {}; }
  std::string raw(const std::string& in) { return in; }
  testdata::Ping ping(const testdata::Ping& in) { return in; }
  void later(const boost::json::object&, Responder<Page<testdata::Ranked>>) {}
};

class Other final : public Component {
 public:
  BOOST_DESCRIBE_CLASS(Other, (Component), (Look), (), ())
  static void routes(nano::Routes<Other>& on) { on.add_described().push<std::string>("onBytes"); }
  void Look(Session&) {}
};

template <int n>
struct Marked {
  int value = n;
};
BOOST_DESCRIBE_STRUCT(Marked<1>, (), (value))
BOOST_DESCRIBE_STRUCT(Marked<-1>, (), (value))

struct number {
  int value;
};
BOOST_DESCRIBE_STRUCT(number, (), (value))

/// Types whose names are trouble.
class Odd final : public Component {
 public:
  static void routes(nano::Routes<Odd>& on) {
    on.push<Marked<1>>("onPlus").push<Marked<-1>>("onMinus").push<number>("onNumber");
    on.push<testdata::Ping>("on'Quoted'");
  }
};

class Contradicts final : public Component {
 public:
  static void routes(nano::Routes<Contradicts>& on) { on.push<Item>("onBytes"); }
};

}  // namespace shop

namespace {

std::string printed(RoutesFormat format) {
  ComponentRegistry registry;
  registry.add(std::make_unique<shop::Counter>(), {});
  registry.add(std::make_unique<shop::Other>(), {});
  return print_routes(registry, PayloadCodec{}, "shop", format);
}

constexpr std::string_view expected_module =
    R"(// Routes of shop, as printed by `shop --print-routes ts`. Do not edit.

export interface Settings {
  on: boolean;
  color: Color;
  level: number;
  size: [number, number];
  flags: boolean[];
  scores: Record<string, number>;
}

export type Color = 'red' | 'green' | 'default';

export interface Order {
  id: number;
  items: nano_testdata_Item[];
  note?: string;
  by_name: Record<string, nano_testdata_Item>;
}

export interface nano_testdata_Item {
  name: string;
  price: number;
}

export interface Page_nano_testdata_Ranked {
  rows: Ranked[];
  marks: (number | null)[];
}

export interface Ranked {
  name: string;
  price: number;
  rank: number;
}

export interface Tree {
  children: Tree[];
}

export interface nano_shop_Item {
  color?: Color;
}

export interface nano_shop_Routes {
  places: Record<string, [number, number]>;
  nine: number[];
}

/** Protobuf messages, as the classes that you generated: `Routes<{ 'game.Position': Position }>`. */
export interface Messages {
  'nano.testdata.Ping': unknown;
}

export interface Routes<Proto extends Messages = Messages> {
  handlers: {
    'Counter.Buy': { request: Settings; response: Order };
    'Counter.Later': { request: Record<string, unknown>; response: Page_nano_testdata_Ranked };
    'Counter.Leave': { request: void; response: void };
    'Counter.List': { request: void; response: Tree[] };
    'Counter.Ping': { request: Proto['nano.testdata.Ping']; response: Proto['nano.testdata.Ping'] };
    'Counter.Raw': { request: Uint8Array; response: Uint8Array };
    'Other.Look': { request: void; response: void };
  };
  pushes: {
    'onBytes': Uint8Array;
    'onItem': nano_shop_Item;
    'onRoutes': nano_shop_Routes;
  };
}
)";

TEST(RoutePrinter, PrintsAModuleForTypeScript) {
  EXPECT_EQ(printed(RoutesFormat::typescript), expected_module);
}

TEST(RoutePrinter, GivesEachTypeANameOfItsOwnThatIsNoWordOfTypeScript) {
  ComponentRegistry registry;
  registry.add(std::make_unique<shop::Odd>(), {});
  const std::string text = print_routes(registry, PayloadCodec{}, "odd", RoutesFormat::typescript);
  for (const char* line :
       {"export interface nano_shop_Marked_1 {\n", "export interface nano_shop_Marked_1_2 {\n",
        "export interface nano_shop_number {\n", "  value: number;\n", "'onNumber': nano_shop_number;\n",
        "'on\\'Quoted\\'': Proto['nano.testdata.Ping'];\n"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis missing in\n" << text;
  }
}

TEST(RoutePrinter, PrintsJsonSchemaForPrograms) {
  const std::string text = printed(RoutesFormat::json);
  const auto document = from_json<boost::json::object>(text);
  ASSERT_TRUE(document);
  EXPECT_EQ(document->at("serializer"), "json");
  const boost::json::object& buy = document->at("handlers").at("Counter.Buy").as_object();
  EXPECT_EQ(buy.at("request").at("$ref"), "#/$defs/Settings");
  EXPECT_EQ(buy.at("response").at("$ref"), "#/$defs/Order");
  EXPECT_TRUE(document->at("handlers").at("Counter.Leave").at("request").is_null());
  EXPECT_EQ(document->at("handlers").at("Counter.Ping").at("request").at("protobufMessage"),
            "nano.testdata.Ping");
  EXPECT_EQ(document->at("pushes").at("onBytes").at("contentMediaType"), "application/octet-stream");

  const boost::json::value& definitions = document->at("$defs");
  const boost::json::value& settings = definitions.at("Settings").at("properties");
  EXPECT_EQ(settings.at("level"),
            boost::json::value({{"type", "integer"}, {"minimum", 0}, {"maximum", 255}}));
  EXPECT_EQ(settings.at("size").at("minItems"), 2);
  EXPECT_EQ(settings.at("scores").at("additionalProperties").at("type"), "integer");
  EXPECT_EQ(definitions.at("Color").at("enum"), boost::json::value({"red", "green", "default"}));
  EXPECT_EQ(definitions.at("Order").at("required"), boost::json::value({"id", "items", "by_name"}));
  EXPECT_EQ(definitions.at("Tree").at("properties").at("children").at("items").at("$ref"), "#/$defs/Tree");
}

TEST(RoutePrinter, PrintsTablesForPeople) {
  const std::string text = printed(RoutesFormat::markdown);
  for (const char* line : {
           "# Routes of shop\n",
           "| `Counter.Buy` | `Settings` | `Order` |\n",
           "| `Counter.Leave` |  |  |\n",
           "| `Counter.Ping` | protobuf `nano.testdata.Ping` | protobuf `nano.testdata.Ping` |\n",
           "| `onBytes` | raw bytes |\n",
           "### Color\n\nOne of the strings `red`, `green`, `default`.\n",
           "| `note` | `string` | optional |\n",
           "| `marks` | `(number \\| null)[]` |  |\n",
       }) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\nis missing in\n" << text;
  }
}

TEST(RoutePrinter, KnowsTheNamesOfItsFormats) {
  EXPECT_EQ(parse_routes_format("ts"), RoutesFormat::typescript);
  EXPECT_EQ(parse_routes_format("json"), RoutesFormat::json);
  EXPECT_EQ(parse_routes_format("markdown"), RoutesFormat::markdown);
  EXPECT_EQ(parse_routes_format("xml"), std::nullopt);
}

TEST(DeclaredPushes, MayBeDeclaredByTwoComponentsWithOneTypeOnly) {
  ComponentRegistry registry;
  registry.add(std::make_unique<shop::Counter>(), {});
  registry.add(std::make_unique<shop::Other>(), {});
  try {
    registry.add(std::make_unique<shop::Contradicts>(), {});
    FAIL() << "two types for one push";
  } catch (const std::invalid_argument& refusal) {
    EXPECT_STREQ(refusal.what(),
                 "The push \"onBytes\" is declared with two types, raw bytes and nano::shop::Item: clients "
                 "expect one. Give one of them another route.");
  }
}

TEST(DeclaredPushes, AreCheckedAgainstTheSerializer) {
  ComponentRegistry registry;
  registry.add(std::make_unique<shop::Contradicts>(), {});
  EXPECT_THROW(registry.check_payloads(PayloadCodec{std::make_shared<ProtobufSerializer>()}),
               std::invalid_argument);
}

}  // namespace
}  // namespace nano
