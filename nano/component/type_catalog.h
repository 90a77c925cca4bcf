// Internal header. TypeCatalog: the types that routes carry, each with a name of its own.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "nano/serialize/payload.h"

namespace nano {

/// Filled with add(), then read.
class TypeCatalog {
 public:
  /// The type, and all types within it. Null is nothing.
  void add(const PayloadType* type);

  /// Described classes and enums, in the order of their first use.
  const std::vector<const JsonShape*>& types() const { return types_; }
  /// Names of protobuf messages, with their packages.
  const std::set<std::string>& protobuf_messages() const { return protobuf_messages_; }

  /// An identifier: the C++ name without namespaces, or with them where two types would be called the same.
  std::string name_of(const JsonShape& type) const;

 private:
  void add(const JsonShape& shape);

  std::vector<const JsonShape*> types_;
  std::map<std::string, int> uses_of_short_name_;
  std::set<std::string> protobuf_messages_;
};

std::string joined(const std::vector<std::string>& texts, std::string_view between);

/// `shape` as a type of TypeScript.
std::string typescript_type(const JsonShape& shape, const TypeCatalog& catalog);

}  // namespace nano
