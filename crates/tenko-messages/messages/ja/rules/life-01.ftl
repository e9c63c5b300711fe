rule-life-01-name = イベント終了後も残っているキャパシティ
rule-life-01-fix = 削除するか、ゼロにスケールインしてください。引き続き必要な場合は、イベントの until を延長してください。

life-01-no-event = イベントが宣言されていません
life-01-names-nothing = { $ended }が、リソースの指定がありません

# イベントがいつ終わったか。
life-01-ended = { $environment } のイベント { $event } は { $until } に終了しました
life-01-ended-with = { $environment } のイベント { $event } は { $day } (UTC) をもって終了しました

life-01-bad = { $ended }が、{ $name } がまだ残っています。
life-01-bad-made = { $ended }が、{ $made } に作成された { $name } がまだ残っています。
life-01-bad-size = { $ended }が、{ $name } のサイズはまだ{ $size }です。
life-01-bad-size-made = { $ended }が、{ $made } に作成された { $name } のサイズはまだ{ $size }です。
life-01-unread = { $ended }が、残っているものをすべては読み取れませんでした: { $reason }。
life-01-not-collected = { $ended }が、指定されたタイプはいずれも収集されていません。
life-01-attribute-unread = { $ended }が、{ $name } の { $attribute } を読み取れませんでした。
life-01-tags-unread = { $ended }が、{ $name } のタグを読み取れませんでした。
