// Internal header. TypeCatalog: the types that routes carry, each with a name of its own.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "nano/serialize/payload.h"

namespace nano {

/// Filled with add(), named, then read.
class TypeCatalog {
 public:
  /// The type, and all types within it. Null is nothing.
  void add(const PayloadType* type);

  /// Described classes and enums, in the order of their first use.
  const std::vector<const JsonShape*>& types() const { return types_; }
  /// Names of protobuf messages, with their packages.
  const std::set<std::string>& protobuf_messages() const { return protobuf_messages_; }

  /// After the last add(): gives each type an identifier that is its alone, and no word of TypeScript: the
  /// C++ name without namespaces, with them where two types would be called the same, with a number where
  /// that does not help.
  void name_types();
  const std::string& name_of(const JsonShape& type) const { return names_.at(&type); }

 private:
  void add(const JsonShape& shape);

  std::vector<const JsonShape*> types_;
  std::unordered_map<const JsonShape*, std::string> names_;
  std::set<std::string> protobuf_messages_;
};

std::string joined(const std::vector<std::string>& texts, std::string_view between);

/// `shape` as a type of TypeScript.
std::string typescript_type(const JsonShape& shape, const TypeCatalog& catalog);

}  // namespace nano
