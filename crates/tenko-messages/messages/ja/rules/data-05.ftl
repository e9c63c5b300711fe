rule-data-05-name = 削除保護のないデータベース
rule-data-05-fix = 削除保護を有効にしてください。再起動は不要です。

data-05-bad = { $name } では削除保護が有効になっていません。
data-05-untold = { $name } の削除保護が有効かどうかを確認できません。
