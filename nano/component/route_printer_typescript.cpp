#include "nano/component/route_printers.h"

namespace nano {
namespace {

std::string quoted(std::string_view text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') result += '\\';
    result += c;
  }
  return result + "'";
}

class TypeScript {
 public:
  explicit TypeScript(const PrintedRoutes& routes) : routes_(routes), catalog_(routes.catalog) {}

  std::string print() {
    const std::string program{routes_.program};
    text_ = "// Routes of " + program + ", as printed by `" + program + " --print-routes ts`. Do not edit.\n";
    for (const JsonShape* type : catalog_.types()) add_type(*type);
    add_routes();
    return std::move(text_);
  }

 private:
  void add_type(const JsonShape& type) {
    const std::string name = catalog_.name_of(type);
    if (type.kind == JsonShape::Kind::enumeration) {
      std::vector<std::string> values;
      for (const std::string_view value : type.names) values.push_back(quoted(value));
      text_ += "\nexport type " + name + " = " + (values.empty() ? "never" : joined(values, " | ")) + ";\n";
      return;
    }
    text_ += "\nexport interface " + name + " {\n";
    for (const JsonShape::Member& member : type.members) {
      const bool optional = member.shape().kind == JsonShape::Kind::optional;
      const JsonShape& shape = optional ? member.shape().element() : member.shape();
      text_ += "  " + std::string{member.name} + (optional ? "?: " : ": ") +
               typescript_type(shape, catalog_) + ";\n";
    }
    text_ += "}\n";
  }

  void add_routes() {
    if (!catalog_.protobuf_messages().empty()) add_messages();
    text_ += catalog_.protobuf_messages().empty()
                 ? "\nexport interface Routes {\n"
                 : "\nexport interface Routes<Proto extends Messages = Messages> {\n";
    text_ += "  handlers: {\n";
    for (const auto& [route, handler] : routes_.registry.handlers()) {
      text_ += "    " + quoted(route) + ": { request: " + payload(handler.request) +
               "; response: " + payload(handler.response) + " };\n";
    }
    text_ += "  };\n  pushes: {\n";
    for (const auto& [route, type] : routes_.registry.pushes()) {
      text_ += "    " + quoted(route) + ": " + payload(type) + ";\n";
    }
    text_ += "  };\n}\n";
  }

  void add_messages() {
    text_ +=
        "\n/** Protobuf messages, as the classes that you generated: `Routes<{ 'game.Position': Position "
        "}>`. */\n";
    text_ += "export interface Messages {\n";
    for (const std::string& name : catalog_.protobuf_messages())
      text_ += "  " + quoted(name) + ": unknown;\n";
    text_ += "}\n";
  }

  std::string payload(const PayloadType* type) const {
    if (!type) return "void";
    switch (type->kind) {
      case PayloadType::Kind::raw: return "Uint8Array";
      case PayloadType::Kind::protobuf: return "Proto[" + quoted(type->protobuf_name()) + "]";
      case PayloadType::Kind::json: break;
    }
    return typescript_type(type->shape(), catalog_);
  }

  const PrintedRoutes& routes_;
  const TypeCatalog& catalog_;
  std::string text_;
};

}  // namespace

std::string print_typescript(const PrintedRoutes& routes) { return TypeScript{routes}.print(); }

}  // namespace nano
