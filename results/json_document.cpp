#include "results/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "results/report_json.hpp"

namespace ipcbench {
namespace {

// A report nests 6 deep, a row has some thousand values, an object some hundred keys at most. The limits
// keep a hostile file from costing more memory (40 bytes a value) or time (keys are searched one by one).
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxKeys = 4096;
constexpr std::size_t kMaxValues = 1'000'000;

constexpr std::string_view kRowsKey = "benchmarks";

// One line of plain text, however long and binary the input was that it quotes.
std::string printable(std::string_view text, std::size_t max_chars) {
  std::string line(text.substr(0, max_chars));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > max_chars ? line + "..." : line;
}

std::string place_in(std::string_view text, std::size_t position) {
  const auto before = text.substr(0, position == 0 ? 0 : position - 1);
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const auto line_start = before.rfind('\n');
  const auto column = before.size() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
  return fmt::format("line {}, column {}", line, column);
}

// What the parser says after its own prefix "[json.exception...] parse error at line 1, column 2: ".
std::string_view essence(std::string_view message) {
  for (const std::string_view prefix : {"] ", "column "}) {
    if (const auto at = message.find(prefix); at != std::string_view::npos) {
      message.remove_prefix(at + prefix.size());
    }
  }
  const auto number = message.find_first_not_of("0123456789");
  return message.substr(number != std::string_view::npos && message.substr(number, 2) == ": " ? number + 2
                                                                                              : 0);
}

class DocumentBuilder : public nlohmann::json_sax<Json> {
 public:
  DocumentBuilder(std::string_view text, const RowHandler& on_row) : text_(text), on_row_(on_row) {}

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(std::int64_t value) override { return scalar(value); }
  bool number_unsigned(std::uint64_t value) override { return scalar(value); }
  bool number_float(double value, const std::string& /*text*/) override { return scalar(value); }
  bool string(std::string& value) override { return scalar(std::move(value)); }
  bool binary(Json::binary_t& /*value*/) override { return false; }  // not a thing of JSON text

  bool start_object(std::size_t /*elements*/) override { return open(Json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override {
    const bool is_rows = stack_.size() == 1 && stack_.back()->is_object() && key_ == kRowsKey;
    open(Json::array());
    if (is_rows) rows_ = stack_.back();
    return true;
  }
  bool end_array() override { return close(); }

  bool key(std::string& name) override {
    const Json& object = *stack_.back();
    if (object.contains(name)) fail("the key \"{}\" stands twice in one object", printable(name, 60));
    if (object.size() >= kMaxKeys) fail("an object has more than {} keys", kMaxKeys);
    key_ = std::move(name);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    throw ReportError(
        fmt::format("{}: not JSON: {}", place_in(text_, position), printable(essence(error.what()), 200)));
  }

  Json take() { return std::move(root_); }

 private:
  template <class Value>
  bool scalar(Value&& value) {
    add(Json(std::forward<Value>(value)));
    return hand_over();
  }
  bool open(Json&& container) {
    if (stack_.size() >= kMaxDepth) fail("nested more than {} deep", kMaxDepth);
    stack_.push_back(&add(std::move(container)));
    return true;
  }
  bool close() {
    if (stack_.back() == rows_) rows_ = nullptr;
    stack_.pop_back();
    return hand_over();
  }

  Json& add(Json&& value) {
    if (++values_ > kMaxValues) fail("more than {} values outside of or in one row", kMaxValues);
    if (stack_.empty()) return root_ = std::move(value);
    Json& parent = *stack_.back();
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  bool hand_over() {
    if (rows_ == nullptr || stack_.back() != rows_) return true;
    on_row_(rows_->back(), row_index_++);
    rows_->clear();
    values_ = 0;
    return true;
  }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw ReportError(where() + ": " + fmt::format(format, std::forward<Args>(args)...));
  }
  // Positions are not told to a builder; the row and the key are what a reader can search for.
  [[nodiscard]] std::string where() const {
    const std::string key = key_.empty() ? "" : fmt::format(" near key \"{}\"", printable(key_, 60));
    if (rows_ != nullptr) return fmt::format("{}[{}]{}", kRowsKey, row_index_, key);
    return "in the JSON text" + key;
  }

  std::string_view text_;
  const RowHandler& on_row_;
  Json root_;
  std::vector<Json*> stack_;  // the containers that are open, outermost first
  Json* rows_ = nullptr;      // the open array of rows
  std::string key_;
  std::size_t row_index_ = 0;
  std::size_t values_ = 0;
};

}  // namespace

Json parse_document(const std::string& text, const RowHandler& on_row) {
  DocumentBuilder builder(text, on_row);
  Json::sax_parse(text, &builder);
  return builder.take();
}

}  // namespace ipcbench
