#include "results/report/json_document.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

// A report nests 6 deep, a row has some thousand values, an object some hundred keys at most. The limits keep
// a hostile file from costing memory (40 bytes a value) or time (keys are searched linearly).
constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxKeys = 4096;
constexpr std::size_t kMaxValues = 1'000'000;
// The limits for strings and keys, in one row or outside of the rows. The longest string of a report, a
// command line, is bounded by the kernel. Without the second limit, a single string of a gigabyte would be
// held three times.
constexpr std::size_t kMaxTextBytes = std::size_t{64} << 20;
constexpr std::size_t kMaxTokenBytes = std::size_t{1} << 20;
constexpr std::size_t kPieceOfTextBytes = std::size_t{256} << 10;

constexpr std::string_view kRowsKey = "benchmarks";

// Input quoted as one short line of plain text.
std::string printable(std::string_view text, std::size_t max_chars) {
  std::string line(text.substr(0, max_chars));
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return text.size() > max_chars ? line + "..." : line;
}

// The text as the parser reads it, character by character over the pieces, with what is needed to name a
// place in an earlier piece.
class Text {
 public:
  explicit Text(const NextPiece& next) : next_(next) { advance(); }

  [[nodiscard]] bool at_end() const { return at_ == piece_.size(); }
  // Only white space so far.
  [[nodiscard]] bool is_blank() const { return is_blank_; }
  // The parser has accepted everything so far.
  void end_token() { token_start_ = piece_start_ + at_; }
  [[nodiscard]] char current() const { return piece_[at_]; }
  void step() {
    if (++at_ == piece_.size()) advance();
  }

  // The place of the parser's `position`, which counts the characters read, including the last one.
  [[nodiscard]] std::string place(std::size_t position) const {
    const std::size_t offset = position == 0 ? 0 : position - 1;
    const Line line =
        offset < piece_start_ ? line_of_last_ : line_behind(line_, piece_.substr(0, offset - piece_start_));
    return fmt::format("line {}, column {}", line.before + 1, offset - line.start + 1);
  }

 private:
  struct Line {
    std::size_t before = 0;  // lines before it
    std::size_t start = 0;   // its offset in the whole text
  };

  // The line after `text`, the beginning of the piece.
  [[nodiscard]] Line line_behind(Line line, std::string_view text) const {
    line.before += static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
    const auto last = text.rfind('\n');
    if (last != std::string_view::npos) line.start = piece_start_ + last + 1;
    return line;
  }

  // Counts the lines of a piece before the next one replaces it. The last piece stays, because the end of the
  // text is a place in it. The parser may be one character behind.
  void advance() {
    const Line behind = line_behind(line_, piece_);
    const Line of_last = line_behind(line_, piece_.substr(0, piece_.empty() ? 0 : piece_.size() - 1));
    const std::string_view following = next_();
    if (following.empty()) return;
    line_ = behind;
    line_of_last_ = of_last;
    piece_start_ += piece_.size();
    piece_ = following;
    at_ = 0;
    is_blank_ = is_blank_ && piece_.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (piece_start_ - token_start_ > kMaxTokenBytes) {
      throw ReportError(fmt::format("{}: a string, number or gap of more than {} bytes", place(piece_start_),
                                    kMaxTokenBytes));
    }
  }

  const NextPiece& next_;
  std::string_view piece_;
  std::size_t at_ = 0;
  std::size_t piece_start_ = 0;  // offset in the whole text
  Line line_;                    // in which the piece starts
  Line line_of_last_;            // in which the last character before the piece stands
  std::size_t token_start_ = 0;  // offset of the parser's current token, or a little before
  bool is_blank_ = true;
};

// The iterator that the parser takes; the end has no text.
class TextIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  TextIterator() = default;
  explicit TextIterator(Text& text) : text_(&text) {}
  char operator*() const { return text_->current(); }
  TextIterator& operator++() {
    text_->step();
    return *this;
  }
  // The parser compares with the end only.
  friend bool operator==(const TextIterator& at, const TextIterator& /*end*/) { return at.text_->at_end(); }

 private:
  Text* text_ = nullptr;
};

// The parser's message without its prefix "[json.exception...] parse error at line 1, column 2: ".
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

// Packs an array while it turns out to be one of pairs of whole numbers.
class PackedPairs {
 public:
  // An array begins in this one. False if it cannot be a pair.
  bool open(Json& outer) {
    if (pair_start_ || !outer.is_array() || (list_ != &outer && !outer.empty())) return false;
    list_ = &outer;
    pair_start_ = numbers_.size();
    return true;
  }
  bool take(std::uint64_t number) {
    if (!pair_start_ || numbers_.size() == *pair_start_ + 2) return false;
    numbers_.push_back(number);
    return true;
  }
  // False if no pair is open, or none that is complete.
  bool close_pair() {
    if (!pair_start_ || numbers_.size() != *pair_start_ + 2) return false;
    pair_start_.reset();
    return true;
  }
  void close_list() {
    if (list_ == nullptr || pair_start_) return;
    Json::binary_t::container_type bytes(numbers_.size() * sizeof(std::uint64_t));
    std::memcpy(bytes.data(), numbers_.data(), bytes.size());
    *list_ = Json::binary(std::move(bytes));
    leave();
  }
  // Makes a tree of what was packed. Returns the pair that is open, if any.
  Json* unpack() {
    if (list_ == nullptr) return nullptr;
    const std::size_t complete = pair_start_.value_or(numbers_.size());
    for (std::size_t i = 0; i < complete; i += 2) list_->push_back({numbers_[i], numbers_[i + 1]});
    Json* open = nullptr;
    if (pair_start_) {
      list_->push_back(Json::array());
      open = &list_->back();
      for (std::size_t i = complete; i < numbers_.size(); ++i) open->push_back(numbers_[i]);
    }
    leave();
    return open;
  }

 private:
  void leave() {
    list_ = nullptr;
    pair_start_.reset();
    numbers_.clear();
  }

  Json* list_ = nullptr;
  std::vector<std::uint64_t> numbers_;
  std::optional<std::size_t> pair_start_;  // of the open pair, in numbers_
};

class DocumentBuilder final : public nlohmann::json_sax<Json> {
 public:
  DocumentBuilder(Text& text, const RowHandler& on_row, const RowValues& row_values)
      : text_(text), on_row_(on_row), row_values_(row_values) {}

  bool null() override { return scalar(nullptr); }
  bool boolean(bool value) override { return scalar(value); }
  bool number_integer(std::int64_t value) override { return scalar(value); }
  bool number_unsigned(std::uint64_t value) override {
    return pairs_.take(value) ? count_packed() : scalar(value);
  }
  bool number_float(double value, const std::string& /*text*/) override { return scalar(value); }
  bool string(std::string& value) override {
    count_text(value.size());
    return scalar(std::move(value));
  }
  bool binary(Json::binary_t& /*value*/) override { return false; }  // JSON text has none

  bool start_object(std::size_t /*elements*/) override { return open(Json::value_t::object); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override {
    const bool is_rows = stack_.size() == 1 && stack_.back()->is_object() && key_ == kRowsKey;
    const bool is_within_row = rows_ != nullptr && stack_.back() != rows_ && skipped_depth_ == 0;
    if (is_within_row && row_values_.pack_pairs && pairs_.open(*stack_.back())) return count_packed();
    open(Json::value_t::array);
    if (is_rows) rows_ = stack_.back();
    return true;
  }
  bool end_array() override {
    if (!pairs_.close_pair()) {
      pairs_.close_list();
      return close();
    }
    text_.end_token();
    return true;
  }

  bool key(std::string& name) override {
    text_.end_token();
    if (skipped_depth_ > 0) return true;
    count_text(name.size());
    const Json& object = *stack_.back();
    if (object.contains(name)) fail("the key \"{}\" stands twice in one object", printable(name, 60));
    if (object.size() >= kMaxKeys) fail("an object has more than {} keys", kMaxKeys);
    key_ = std::move(name);
    skips_next_ = rows_ != nullptr && row_values_.skipped.contains(key_);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    if (text_.is_blank()) throw ReportError("is empty");
    throw ReportError(
        fmt::format("{}: not JSON: {}", text_.place(position), printable(essence(error.what()), 200)));
  }

  Json take() { return std::move(root_); }

 private:
  template <class Value>
  bool scalar(Value&& value) {
    text_.end_token();
    if (skipped_depth_ > 0) return true;
    unpack();
    add(std::exchange(skips_next_, false) ? Json(nullptr) : Json(std::forward<Value>(value)));
    return hand_over();
  }
  bool open(Json::value_t kind) {
    text_.end_token();
    unpack();
    if (stack_.size() + skipped_depth_ >= kMaxDepth) fail("nested more than {} deep", kMaxDepth);
    if (std::exchange(skips_next_, false)) {
      add(Json(nullptr));
      skipped_depth_ = 1;
    } else if (skipped_depth_ > 0) {
      ++skipped_depth_;
    } else {
      stack_.push_back(&add(Json(kind)));
    }
    return true;
  }
  bool close() {
    text_.end_token();
    unpack();
    if (skipped_depth_ > 0) {
      --skipped_depth_;
      return true;
    }
    if (stack_.back() == rows_) rows_ = nullptr;
    stack_.pop_back();
    return hand_over();
  }

  bool count_packed() {
    text_.end_token();
    count_value();
    return true;
  }
  // What came in is no pair of whole numbers.
  void unpack() {
    if (Json* const pair = pairs_.unpack()) stack_.push_back(pair);
  }

  void count_value() {
    if (++values_ > kMaxValues) fail("more than {} values outside of or in one row", kMaxValues);
  }
  void count_text(std::size_t bytes) {
    text_bytes_ += skipped_depth_ > 0 ? 0 : bytes;
    if (text_bytes_ > kMaxTextBytes)
      fail("more than {} bytes of text outside of or in one row", kMaxTextBytes);
  }
  Json& add(Json&& value) {
    count_value();
    if (stack_.empty()) return root_ = std::move(value);
    Json& parent = *stack_.back();
    if (parent.is_object()) return parent[key_] = std::move(value);
    parent.push_back(std::move(value));
    return parent.back();
  }

  bool hand_over() {
    if (rows_ == nullptr || stack_.back() != rows_) return true;
    if (on_row_) on_row_(rows_->back(), row_index_);
    ++row_index_;
    rows_->clear();
    values_ = 0;
    text_bytes_ = 0;
    return true;
  }

  template <class... Args>
  [[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) const {
    throw ReportError(where() + ": " + fmt::format(format, std::forward<Args>(args)...));
  }
  // A builder does not know positions. Its user can search for the row and the key.
  [[nodiscard]] std::string where() const {
    const std::string key = key_.empty() ? "" : fmt::format(" near key \"{}\"", printable(key_, 60));
    if (rows_ != nullptr) return fmt::format("{}[{}]{}", kRowsKey, row_index_, key);
    return "in the JSON text" + key;
  }

  Text& text_;
  const RowHandler& on_row_;
  const RowValues& row_values_;
  Json root_;
  std::vector<Json*> stack_;  // the containers that are open, outermost first
  PackedPairs pairs_;         // of the innermost
  Json* rows_ = nullptr;      // the open array of rows
  std::string key_;
  std::size_t row_index_ = 0;
  std::size_t values_ = 0;
  std::size_t text_bytes_ = 0;
  bool skips_next_ = false;        // the next value is that of a skipped key
  std::size_t skipped_depth_ = 0;  // containers open within a skipped value, itself included
};

}  // namespace

NextPiece pieces_of(std::string_view text) {
  return [rest = text]() mutable {
    const std::string_view piece = rest.substr(0, kPieceOfTextBytes);
    rest.remove_prefix(piece.size());
    return piece;
  };
}

Json parse_document(std::string_view text, const RowHandler& on_row) {
  return parse_document(pieces_of(text), on_row);
}

Json parse_document(const NextPiece& next, const RowHandler& on_row, const RowValues& values) {
  Text text(next);
  DocumentBuilder builder(text, on_row, values);
  Json::sax_parse(TextIterator(text), TextIterator(), &builder);
  return builder.take();
}

std::string json_text(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ipcbench
