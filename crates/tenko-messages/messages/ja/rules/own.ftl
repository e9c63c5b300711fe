# ユーザー独自のルール。ルール自体の文はユーザーが書いたもの。
rule-own-unread = { $attribute } を読み取れませんでした。
rule-own-not-computed = 式を計算できませんでした: { $error }。

# 評価されなかった理由。
rule-own-wrong = { $source }: 式に誤りがあります: { $error }
rule-own-no-type = { $types } に一致する種類は収集されていません
